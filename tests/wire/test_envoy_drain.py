"""The end of a server behind Envoy: drained, killed, orphaned; calls in flight and callers that come back."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import grpc
import pytest
from google.protobuf.wrappers_pb2 import StringValue

from tests.wire.conftest import toy_running
from tests.wire.process import eventually

SECONDS = 60
CALLERS = 4


@pytest.fixture
def start():
    with ExitStack() as processes:
        yield lambda *options: processes.enter_context(toy_running(*options))


def method(channel, kind, name):
    return getattr(channel, kind)(
        f"/toy.Toy/{name}",
        request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString,
    )


class Load:
    """Callers that call one after the other, each by one channel, until told to end; every failure is kept."""

    def __init__(self, addresses):
        target = "ipv4:" + ",".join(addresses)
        options = [
            ("grpc.lb_policy_name", "round_robin"),
            ("grpc.use_local_subchannel_pool", 1),
            # The callers retry nothing: what fails, fails.
            ("grpc.enable_retries", 0),
        ]
        self.names = []
        self.failures = []
        self._ended = threading.Event()
        self._channels = [grpc.insecure_channel(target, options) for _ in range(CALLERS)]
        self._threads = [threading.Thread(target=self._call, args=(channel,)) for channel in self._channels]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        for thread in self._threads:
            thread.join(SECONDS)
        for channel in self._channels:
            channel.close()

    def _call(self, channel):
        name = method(channel, "unary_unary", "Name")
        while not self._ended.is_set():
            try:
                self.names.append(name(StringValue(), timeout=SECONDS, wait_for_ready=False).value)
            except grpc.RpcError as error:
                self.failures.append(error)

    def hears(self, *names):
        """Wait until everyone named has answered from now on."""
        start = len(self.names)
        eventually(lambda: set(names) <= set(self.names[start:]))


@pytest.mark.parametrize("_", [*range(5), *(pytest.param(number, marks=pytest.mark.long) for number in range(5, 50))])
def test_no_call_fails_when_one_of_two_servers_drains(start, _):
    first, second = start("--name", "first"), start("--name", "second")
    with Load([first.listen, second.listen]) as load:
        load.hears("first", "second")
        first.signal(signal.SIGTERM)
        assert first.wait() == 0
        load.hears("second")
    assert load.failures == []


def test_a_stream_ends_with_unavailable_when_its_server_drains(start):
    process = start()
    with grpc.insecure_channel(process.listen) as channel:
        stream = method(channel, "unary_stream", "Follow")(StringValue(), timeout=SECONDS)
        assert next(stream).value == "ready"
        process.signal(signal.SIGTERM)
        with pytest.raises(grpc.RpcError) as ended:
            next(stream)
        assert ended.value.code() is grpc.StatusCode.UNAVAILABLE
    assert process.wait() == 0


def test_a_call_in_flight_is_answered_while_its_server_drains(start):
    process = start()
    with grpc.insecure_channel(process.listen) as channel:
        call = method(channel, "unary_unary", "Wait").future(StringValue(value="2"), timeout=SECONDS)
        assert method(channel, "unary_unary", "Echo")(StringValue(value="hi"), timeout=SECONDS).value == "hi"
        process.signal(signal.SIGTERM)
        assert call.result().value == "waited"
    assert process.wait() == 0


def test_a_call_that_never_ends_is_cut_when_the_time_is_up(start):
    process = start("--drain", "2")
    with grpc.insecure_channel(process.listen) as channel:
        call = method(channel, "unary_unary", "Wait").future(StringValue(value="600"))
        assert method(channel, "unary_unary", "Echo")(StringValue(value="hi"), timeout=SECONDS).value == "hi"
        process.signal(signal.SIGTERM)
        assert process.wait() == 0
        assert call.exception().code() is grpc.StatusCode.UNAVAILABLE


def test_a_killed_envoy_is_started_again_on_its_port(start):
    process = start()
    killed = process.envoy_pid
    os.kill(killed, signal.SIGKILL)
    process.said("Envoy runs again")
    assert process.envoy_pid != killed
    with grpc.insecure_channel(process.listen) as channel:
        echo = method(channel, "unary_unary", "Echo")
        assert echo(StringValue(value="hi"), timeout=SECONDS, wait_for_ready=True).value == "hi"
    process.signal(signal.SIGTERM)
    assert process.wait() == 0


def test_envoy_ends_with_the_process_that_started_it(start):
    process = start()
    envoy = Path(f"/proc/{process.envoy_pid}")
    process.signal(signal.SIGKILL)
    process.wait()
    eventually(lambda: not envoy.exists() or "zombie" in (envoy / "status").read_text())


def test_a_second_server_on_the_port_does_not_start(start):
    first = start()
    command = [sys.executable, "-m", "tests.wire.toy_server", "--listen", first.listen]
    second = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert second.returncode != 0
    assert "Address already in use" in second.stderr
