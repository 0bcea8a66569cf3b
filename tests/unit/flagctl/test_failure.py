import click
import pytest

from flagctl.failure import BrokenPipe, Bug, Refused, Unreachable


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (click.UsageError("wrong"), 2),
        (Refused("no"), 1),
        (Unreachable("away"), 3),
        (Bug("ValueError"), 3),
        (BrokenPipe(), 141),
    ],
)
def test_a_failure_has_an_exit_code(failure, code):
    assert failure.exit_code == code


def test_nobody_is_told_that_nobody_reads(capsys):
    BrokenPipe().show()
    assert capsys.readouterr() == ("", "")


def test_a_bug_says_how_to_see_more():
    assert "FLAGCTL_TRACEBACK=1" in Bug("ValueError: x").message
