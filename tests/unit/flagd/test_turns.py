import sys

from flagd.turns import SHORT_SECONDS, Turns


def test_turns_are_short_until_the_last_one_ends():
    usual, turns = sys.getswitchinterval(), Turns()
    with turns:
        with turns:
            assert sys.getswitchinterval() == SHORT_SECONDS
        assert sys.getswitchinterval() == SHORT_SECONDS
    assert sys.getswitchinterval() == usual
