"""Ports that are picked now and bound later are nobody else's meanwhile."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from tests.ports import free_port, free_ports

ROOT = Path(__file__).parents[2]


def test_a_port_is_given_once():
    ports = free_ports(20)
    assert len(set(ports)) == 20


def test_another_run_is_given_others():
    ours = free_port()
    script = f"from tests import ports; print(ports._take({ours}))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_kernel_gives_none_of_them_out_by_itself():
    first, last = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    if last - first > 60_000:
        return  # it gives out all there are
    assert not any(first <= port <= last for port in free_ports(20))


def test_it_can_be_bound_again_and_again():
    port = free_port()
    for _ in range(2):
        with socket.create_server(("127.0.0.1", port)):
            pass
