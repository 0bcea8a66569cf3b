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
FLAGCTL = Path(sys.executable).with_name("flagctl")
LISTEN = "FLAGSERVICE_LISTEN"
MANAGEMENT = "FLAGSERVICE_MANAGEMENT_LISTEN"
DASHBOARD = "DASHBOARD_LISTEN"
DEFAULTS = {LISTEN: "127.0.0.1:8013", MANAGEMENT: "127.0.0.1:8014", DASHBOARD: "127.0.0.1:8020"}
"""The addresses, by the variable that changes them."""

NEXT = """\

Serving examples/ on {address}. In another terminal, in this folder:

  .venv/bin/flagctl eval --server {address} --flag new-checkout --user '{{"user_id": "eve"}}'
  .venv/bin/flagctl explain examples --flag new-checkout --user '{{"user_id": "ann"}}'
  .venv/bin/python examples/ask.py {address} new-checkout eve      # the same over bare gRPC

Every flag in a browser: http://{dashboard}

Edit a file in examples/ and ask again. Ctrl-C stops both servers.
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
    signal.signal(signal.SIGINT, lambda *_: None)  # reaches the servers too, which end; then so do we
    pages = [FLAGCTL, "dashboard", "--manifests", "examples", "--listen", addresses[DASHBOARD]]
    dashboard = subprocess.Popen(pages, cwd=ROOT, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([FLAGD, "serve", "--manifests", "examples"], cwd=ROOT, env=os.environ | addresses)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    while server.poll() is None and not ready(addresses[MANAGEMENT]):
        time.sleep(0.05)
    if server.poll() is None:
        shown = {name: address.replace("127.0.0.1", "localhost") for name, address in addresses.items()}
        print(NEXT.format(address=shown[LISTEN], dashboard=shown[DASHBOARD]), flush=True)
    code = server.wait()
    dashboard.terminate()
    dashboard.wait()
    return code


if __name__ == "__main__":
    sys.exit(main())
