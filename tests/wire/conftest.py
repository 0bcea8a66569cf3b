"""What the tests on the wire share: folders of manifests, processes that serve them, channels to those."""

from contextlib import ExitStack, contextmanager

import grpc
import pytest

from flagd.transport.envoy import missing
from flagd.v1.evaluation_pb2_grpc import EvaluationServiceStub
from tests.wire.process import Flagd
from tests.wire.shop import SHOP
from tests.wire.toy_server import ToyServer


@pytest.fixture(scope="session", params=["grpcio", "envoy"])
def transport(request):
    """The transports that every test on the wire is to pass on."""
    lacking = missing() if request.param == "envoy" else None
    if lacking:
        pytest.skip(f"Envoy cannot run here: {lacking}")
    return request.param


@pytest.fixture(scope="session")
def shop(tmp_path_factory, transport):
    """A process that serves the project shop and nothing else. Shared: do not edit what it serves."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(SHOP)
    with running(folder, "--transport", transport) as process:
        yield process


@pytest.fixture
def start(transport):
    """Start processes: ``start(folder, *options)``; they are stopped after the test."""
    with ExitStack() as processes:

        def started(folder, *options):
            process = Flagd(folder, "--transport", transport, *options)
            processes.callback(process.insist)
            process.ready()
            return process

        yield started


@pytest.fixture
def call():
    """Stubs by process: ``call(process)``; the channels are closed after the test."""
    with ExitStack() as channels:

        def stub(process):
            return EvaluationServiceStub(channels.enter_context(grpc.insecure_channel(process.listen)))

        yield stub


@contextmanager
def running(folder, *options):
    process = Flagd(folder, *options)
    try:
        process.ready()
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def toy():
    """A toy program inside Envoy. Shared: leave it running."""
    with toy_running() as process:
        yield process


@contextmanager
def toy_running(*options):
    if lacking := missing():
        pytest.skip(f"Envoy cannot run here: {lacking}")
    process = ToyServer(*options)
    try:
        yield process
    finally:
        process.stop()
