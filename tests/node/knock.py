"""Knock: runs in a pod; prints which of the addresses in its arguments take a connection, one a line."""

import socket
import sys

for target in sys.argv[1:]:
    host, _, port = target.rpartition(":")
    with socket.socket() as knocker:
        knocker.settimeout(3)
        if knocker.connect_ex((host, int(port))) == 0:
            print(target)
