"""How a run of a program that serves ends."""

import logging

import pytest

from flagd.command_line.ending import ending
from flagd.process.tasks import TaskEndedError


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (OSError("port 1 is taken"), 3, "port 1 is taken"),
        (TaskEndedError(["lease"]), 1, "a part has ended (lease): stopping, to be restarted"),
    ],
)
def test_a_failure_is_one_line_and_an_exit_code(error, code, line, caplog):
    with pytest.raises(SystemExit) as ended, ending("flagd"):
        raise error
    assert ended.value.code == code
    assert caplog.record_tuples == [("flagd", logging.CRITICAL, line)]


def test_a_program_says_what_else_it_cannot_reach():
    with pytest.raises(SystemExit) as ended, ending("flagoperator", unreachable=(OSError, LookupError)):
        raise LookupError("no cluster")
    assert ended.value.code == 3


def test_a_bug_is_not_taken_for_something_out_of_reach():
    with pytest.raises(LookupError), ending("flagd"):
        raise LookupError


def test_a_run_that_ends_in_time_stops_its_clock():
    with ending("flagd") as deadline:
        deadline.start(3600, lambda: None)
    timer = deadline._timer
    assert timer is not None
    timer.join(60)
    assert not timer.is_alive()
