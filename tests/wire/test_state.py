"""--state-dir: a restart answers from the last good ruleset, and trouble with the disk stops nothing."""

import pytest

from flagd.last_good.file import FILE_NAME
from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from tests.wire.process import eventually
from tests.wire.shop import flag


@pytest.fixture(scope="session")
def transport():
    """One is enough: the state is the same under all."""
    return "grpcio"


@pytest.fixture
def flags(tmp_path):
    (tmp_path / "flags").mkdir()
    (tmp_path / "flags" / "a.yaml").write_text(flag("a", "one"))
    return tmp_path / "flags"


@pytest.fixture
def state(tmp_path):
    (tmp_path / "state").mkdir()
    return tmp_path / "state"


def _answer(stub):
    answer = stub.Evaluate(EvaluateRequest(project="shop", user=User(user_id="ann")))
    return {key: variant.key for key, variant in answer.variants.items()}, answer.stale


def test_a_restart_without_its_manifests_serves_what_was_served_before_as_stale(flags, state, start, call):
    start(flags, "--state-dir", state).stop()
    flags.rename(flags.with_name("elsewhere"))
    process = start(flags, "--state-dir", state)
    assert _answer(call(process)) == ({"a": "one"}, True)
    assert process.ready()["projects"]["shop"]["stale"]
    flags.with_name("elsewhere").rename(flags)
    eventually(lambda: _answer(call(process)) == ({"a": "one"}, False))


def test_a_change_is_kept_while_the_process_runs(flags, state, start):
    process = start(flags, "--state-dir", state)
    first = eventually(lambda: (state / FILE_NAME).exists() and (state / FILE_NAME).read_bytes())
    (flags / "a.yaml").write_text(flag("a", "two"))
    eventually(lambda: (state / FILE_NAME).read_bytes() != first)
    assert process.stop() == 0


def test_a_flag_that_cannot_be_compiled_after_a_restart_keeps_its_last_good_form(flags, state, start, call):
    start(flags, "--state-dir", state).stop()
    broken = flag("a", "two").replace("  active", "  prerequisites: {flags: [{key: none, variants: [x]}]}\n  active")
    (flags / "a.yaml").write_text(broken)
    process = start(flags, "--state-dir", state)
    process.said("none")
    assert _answer(call(process)) == ({"a": "one"}, False)


def test_a_damaged_file_is_not_served_and_the_manifests_are(flags, state, start, call):
    (state / FILE_NAME).write_bytes(b"flagd-last-good 1 0000 2\n{}")
    process = start(flags, "--state-dir", state)
    assert "checksum" in process.said("the last good ruleset is not used")
    assert _answer(call(process)) == ({"a": "one"}, False)
    assert process.metric("flagd_state_errors_total") == 1


def test_a_disk_that_takes_nothing_is_counted_and_tried_again_while_serving_goes_on(flags, state, start, call):
    (state / FILE_NAME).mkdir()
    process = start(flags, "--state-dir", state)
    process.said("the last good ruleset is not kept")
    (flags / "a.yaml").write_text(flag("a", "two"))
    eventually(lambda: _answer(call(process)) == ({"a": "two"}, False))
    assert process.metric("flagd_state_errors_total") >= 1
    (state / FILE_NAME).rmdir()
    process.said("the last good ruleset is kept again")
    assert process.stop() == 0
