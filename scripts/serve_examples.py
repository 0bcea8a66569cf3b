"""Serves examples/ and says what to type next: what `make run` does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGD = Path(sys.executable).with_name("flagd")
LISTEN = "FLAGSERVICE_LISTEN"
MANAGEMENT = "FLAGSERVICE_MANAGEMENT_LISTEN"
DEFAULTS = {LISTEN: "127.0.0.1:8013", MANAGEMENT: "127.0.0.1:8014"}
"""The two addresses, by the variable that changes them."""

NEXT = """\

Serving examples/ on {address}. In another terminal, in this folder:

  .venv/bin/flagctl eval --server {address} --flag new-checkout --user '{{"user_id": "eve"}}'
  .venv/bin/flagctl explain examples --flag new-checkout --user '{{"user_id": "ann"}}'
  .venv/bin/python examples/ask.py {address} new-checkout eve      # the same over bare gRPC

Edit a file in examples/ and ask again. Ctrl-C stops the server.
"""


def taken(address: str) -> bool:
    """Tell whether something listens on `address` already."""
    host, _, port = address.rpartition(":")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), int(port)))
        except OSError:
            return True
    return False


def ready(management: str) -> bool:
    """Tell whether flagd has loaded its manifests."""
    connection = HTTPConnection(management, timeout=1)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def main() -> int:
    """Serve until Ctrl-C. Returns flagd's exit code, or 3 when a port is taken."""
    addresses = {variable: os.environ.get(variable, default) for variable, default in DEFAULTS.items()}
    for variable, address in addresses.items():
        if taken(address):
            print(
                f"{address} is in use by another program. Stop it, or choose another port:\n\n"
                f"  {variable}=127.0.0.1:18013 make run\n",
                file=sys.stderr,
            )
            return 3
    signal.signal(signal.SIGINT, lambda *_: None)  # reaches flagd too, which ends; then so do we
    server = subprocess.Popen([FLAGD, "serve", "--manifests", "examples"], cwd=ROOT, env=os.environ | addresses)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    while server.poll() is None and not ready(addresses[MANAGEMENT]):
        time.sleep(0.05)
    if server.poll() is None:
        print(NEXT.format(address=addresses[LISTEN].replace("127.0.0.1", "localhost")), flush=True)
    return server.wait()


if __name__ == "__main__":
    sys.exit(main())
