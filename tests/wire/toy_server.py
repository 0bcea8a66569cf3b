"""Toy server: the toy program inside Envoy, as a process of its own: ``python -m tests.wire.toy_server``."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from flagd.process import log
from flagd.rpc.transport import TlsFiles
from flagd.transport.envoy import EnvoyServer, EnvoySettings
from tests.wire.process import Process


class ToyServer(Process):
    """The process, as tests start it."""

    def __init__(self, *options):
        super().__init__(sys.executable, "-m", "tests.wire.toy_server", *options)

    @property
    def envoy_pid(self):
        """Process id of Envoy, the only child."""
        return int(Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()[0])


async def main(arguments):
    tls = arguments.tls and TlsFiles(*arguments.tls)
    options = {"name": arguments.name}
    settings = EnvoySettings("tests.wire.toy:app", options, arguments.listen, tls, tuple(arguments.cors_origin))
    server = EnvoyServer(settings)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await server.start()
    logging.info("evaluation on %s, management on %s", server.address, server.management_address)
    await stop.wait()
    await server.drain(arguments.drain)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", default="toy")
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--drain", type=float, default=10.0)
    parser.add_argument("--cors-origin", action="append", default=[])
    parser.add_argument("--tls", nargs="+", type=Path, help="certificate, key and perhaps the CA of callers")
    log.configure("info", "json")
    asyncio.run(main(parser.parse_args()))
