"""Publisher: an operator's end of the ruleset stream, in the test's own event loop; and a flagd that follows some."""

import asyncio
import json
from contextlib import asynccontextmanager

import grpc.aio

from flagd.compiler import compile_project
from flagd.manifest import read_text
from flagd.metrics import Metrics
from flagd.rpc.instrument import instrument
from flagd.server.embedded import EmbeddedServer
from flagd.server.options import Options
from flagd.sources.operator import OperatorSettings
from flagd.sync.publisher import Admissions, Board, Publication, RulesetService, Settings, Subscribers, TokenAdmission
from flagd.transport.channel import Credentials
from flagd.transport.grpcio import LONG_STREAMS, GrpcioTransport
from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.wire.shop import flag

SECONDS = 60


def ruleset(project="shop", **variants):
    """Return a compiled project whose flags give everybody these variants."""
    texts = [
        flag(key, variant).replace("namespace: shop", f"namespace: {project}") for key, variant in variants.items()
    ]
    return compile_project(read_text("---".join(texts)).resources, project=project).ruleset


class Publisher:
    """One publisher. Its board and table are there to be used."""

    def __init__(self, address="127.0.0.1:0", tokens=None, tls=None, **settings):
        self.board, self.subscribers, self.metrics = Board(), Subscribers(), Metrics()
        self.admissions = Admissions()
        self.service = RulesetService(
            self.board, self.subscribers, TokenAdmission(tokens), Settings(**settings), self.admissions
        )
        methods = instrument(self.service.methods(), self.metrics)
        self._transport = GrpcioTransport(methods, address, tls, options=LONG_STREAMS)

    @property
    def address(self):
        return self._transport.address

    def put(self, *rulesets, **term):
        self.board.put(Publication({one.project: one for one in rulesets}, **term))

    async def start(self):
        await self._transport.start()
        return self

    async def stop(self):
        self.board.close()
        await self._transport.drain(0)

    async def until(self, check):
        """Wait until `check` of the table is true, and return what it returns."""
        with self.subscribers.subscribe() as changed:
            async with asyncio.timeout(SECONDS):
                while not (found := check(self.subscribers)):
                    changed.clear()
                    await changed.wait()
                return found

    async def served(self, ruleset, names=("flagd",)):
        """Wait until every replica named answers from `ruleset`."""
        await self.until(
            lambda acks: all(
                name in acks.replicas and acks.replicas[name].serves(ruleset.project, ruleset.revision)
                for name in names
            )
        )

    async def left(self, name="flagd"):
        """Wait until the replica's stream is closed: what was served by it says nothing of the next of its name."""
        await self.until(lambda acks: name not in acks.replicas)


@asynccontextmanager
async def publishing(*arguments, **settings):
    publisher = await Publisher(*arguments, **settings).start()
    try:
        yield publisher
    finally:
        await publisher.stop()


class Follower:
    """A flagd that follows publishers, and a caller of it."""

    def __init__(self, *addresses, **options):
        settings = {name: options.pop(name) for name in ("stale_seconds", "peers") if name in options}
        name, credentials = options.pop("name", "flagd"), options.pop("credentials", Credentials())
        operator = OperatorSettings(addresses, name, credentials, **settings)
        ports = {"listen": "127.0.0.1:0", "management_listen": "127.0.0.1:0"}
        self._server = EmbeddedServer(Options(operator=operator, **ports, **options))

    async def start(self):
        await self._server.start()
        self._channel = grpc.aio.insecure_channel(self._server.address)
        self._stub = EvaluationServiceStub(self._channel)
        return self

    async def stop(self):
        await self._channel.close()
        await self._server.drain(0)

    async def variants(self, project="shop"):
        """Return what anybody gets, by flag."""
        response = await self.evaluate(project)
        return {key: variant.key for key, variant in response.variants.items()}

    async def evaluate(self, project="shop"):
        request = EvaluateRequest(project=project, user=User(user_id="ann"))
        return await self._stub.Evaluate(request, timeout=SECONDS)

    async def page(self, path):
        """Return the body of a page of the management port."""
        host, _, port = self._server.management_address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer.partition(b"\r\n\r\n")[2].decode()

    async def ready(self):
        return json.loads(await self.page("/readyz"))

    async def metric(self, sample):
        lines = [line for line in (await self.page("/metrics")).splitlines() if line.startswith(f"{sample} ")]
        return float(lines[0].rpartition(" ")[2]) if lines else 0.0


@asynccontextmanager
async def following(*addresses, **options):
    follower = await Follower(*addresses, **options).start()
    try:
        yield follower
    finally:
        await follower.stop()


async def eventually(check):
    """Return what the coroutine function `check` returns as soon as it is true."""
    async with asyncio.timeout(SECONDS):
        while not (found := await check()):
            await asyncio.sleep(0.01)
        return found
