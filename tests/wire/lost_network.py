"""Run in a network namespace: takes the network from under an open stream, and prints who notices: both should."""

import asyncio
import contextlib
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import grpc.aio

from flagd.transport import channel as channel_module
from flagd.v1.ruleset_pb2 import Heartbeat, Hello, Role, SubscribeRequest
from flagd.v1.ruleset_pb2_grpc import RulesetServiceStub
from tests.wire import publisher as publisher_module
from tests.wire.publisher import SECONDS, publishing, ruleset

# The kernel's timeout of unanswered bytes, TCP_USER_TIMEOUT, is that of keepalive: 10 s with our options.
QUICK = ("grpc.keepalive_timeout_ms", 500)


async def main():
    publisher_module.LONG_STREAMS.append(QUICK)
    options = [*channel_module.OPTIONS, QUICK]
    async with publishing(heartbeat_seconds=0.2, silence_seconds=1000) as publisher:
        publisher.put(ruleset(a="one"))
        async with grpc.aio.insecure_channel(publisher.address, options=options) as channel:
            call = RulesetServiceStub(channel).Subscribe()
            await call.write(SubscribeRequest(hello=Hello(role=Role.ROLE_REPLICA, name="lost")))
            await call.read()
            subprocess.run(["ip", "link", "set", "lo", "down"], check=True)
            await call.write(SubscribeRequest(heartbeat=Heartbeat()))
            async with asyncio.timeout(SECONDS):
                await publisher.until(lambda subscribers: not subscribers.streams)
                print("publisher")
                with contextlib.suppress(grpc.aio.AioRpcError):
                    while await call.read() is not grpc.aio.EOF:
                        pass
                    raise AssertionError("the stream ended well")
                print(f"subscriber: {(await call.code()).name}")


asyncio.run(main())
