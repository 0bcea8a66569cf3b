import pytest

from flagd.metrics import Metrics
from flagd.server import door as module
from flagd.server.door import Door


def door_that(*answers):
    waiting = list(answers)

    async def accepting():
        answer = waiting.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    metrics = Metrics()
    return Door(accepting, metrics), metrics


@pytest.mark.parametrize("answer", [False, OSError("gone")])
async def test_a_port_that_lets_nobody_in_is_shut_and_said_to_be_once(answer, caplog):
    door, metrics = door_that(answer, answer)
    await door.look()
    await door.look()
    assert (door.is_open, metrics.accepting) == (False, False)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def test_a_port_that_lets_callers_in_again_is_open(caplog):
    door, metrics = door_that(False, True)
    await door.look()
    await door.look()
    assert (door.is_open, metrics.accepting, door.is_stuck) == (True, True, False)
    assert "accepts connections again" in caplog.text


async def test_a_port_that_stays_shut_is_stuck(monkeypatch):
    door, _ = door_that(False)
    await door.look()
    assert not door.is_stuck
    monkeypatch.setattr(module, "PATIENCE_SECONDS", -1.0)
    assert door.is_stuck
