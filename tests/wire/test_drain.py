"""The end of a process: asked once it drains, asked twice it stops."""

import contextlib
import http.client
import signal
import socket
import subprocess
import threading

import grpc
import pytest
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest
from grpc_reflection.v1alpha.reflection_pb2_grpc import ServerReflectionStub

from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, User, WatchRequest
from tests.wire.process import COMMAND, eventually
from tests.wire.shop import flag

LARGE_BATCH = EvaluateBatchRequest(users=[User(user_id="x")] * 300, flag_keys=[f"f{n}" for n in range(20)])
CALLS = 5


@pytest.fixture
def flags(tmp_path):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    return tmp_path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_calls_that_run_when_the_signal_comes_are_answered(flags, start, call, number):
    process = start(flags)
    stub = call(process)
    running = [stub.EvaluateBatch.future(LARGE_BATCH, timeout=60) for _ in range(CALLS)]
    eventually(lambda: any(one.done() for one in running))
    process.signal(number)
    assert [len(one.result().results) for one in running] == [300] * CALLS
    assert process.wait() == 0


def test_a_draining_process_is_not_ready_and_its_streams_end(flags, start, call):
    process = start(flags)
    watching = call(process).Watch(WatchRequest(user=User(user_id="ann")), timeout=60)
    next(watching)
    statuses = []
    asking = threading.Thread(target=_ask_until_it_ends, args=(process, statuses))
    asking.start()
    eventually(lambda: 200 in statuses)
    process.signal()
    with pytest.raises(grpc.RpcError) as ended:
        next(watching)
    assert process.wait() == 0
    asking.join()
    assert ended.value.code() == grpc.StatusCode.UNAVAILABLE
    assert set(statuses) == {200, 503}


def _ask_until_it_ends(process, statuses):
    with contextlib.suppress(OSError, http.client.HTTPException):
        while True:
            statuses.append(process.get("/readyz")[0])


def test_an_open_reflection_stream_does_not_hold_up_the_end(flags, start):
    process = start(flags, "--drain-timeout", 60)
    asked = threading.Event()

    def questions():
        yield ServerReflectionRequest(list_services="")
        asked.wait(60)

    with grpc.insecure_channel(process.listen) as channel:
        answers = ServerReflectionStub(channel).ServerReflectionInfo(questions())
        next(answers)
        process.signal()
        with pytest.raises(grpc.RpcError) as ended:
            next(answers)
        asked.set()
    assert ended.value.code() == grpc.StatusCode.UNAVAILABLE
    assert process.wait() == 0


def test_no_time_to_drain_is_none_taken(flags, start):
    process = start(flags, "--drain-timeout", 0)
    process.signal()
    assert process.wait() == 0
    assert process.said("draining, at most 0 s")


def test_a_port_that_is_taken_is_said_and_exits_3(flags):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for option in ("--listen", "--management-listen"):
            other = "--management-listen" if option == "--listen" else "--listen"
            addresses = [option, address, other, "127.0.0.1:0"]
            done = subprocess.run(
                [COMMAND, "serve", "--manifests", flags, *addresses, "--transport", "grpcio"],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 3
            assert f"cannot listen on {address}: address already in use" in done.stderr
            assert "Traceback" not in done.stderr
