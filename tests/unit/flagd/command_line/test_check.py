"""What a program refuses to do without its being said, or at all."""

import click
import pytest

from flagd.command_line.check import check_exposure, check_pair, check_token_file
from flagd.command_line.exposure import Exposure

OPEN = [Exposure.giving("--listen", "localhost:1", "--x"), Exposure.giving("--listen", "0.0.0.0:1", "--x")]


def test_what_is_exposed_beyond_this_machine_has_to_be_said():
    with pytest.raises(
        click.UsageError, match=r"--listen: anyone who can reach 0\.0\.0\.0:1 .*, or allow it with --insecure"
    ):
        check_exposure(OPEN, insecure=False)
    check_exposure(OPEN, insecure=True)
    check_exposure(OPEN[:1], insecure=False)


def test_tokens_are_shown_in_plain_text_on_this_machine_only():
    with pytest.raises(click.UsageError, match="--token-file needs --tls-cert"):
        check_token_file("--token-file", "tokens", None, "0.0.0.0:1")
    for file, tls, listen in ((None, None, "0.0.0.0:1"), ("tokens", "tls", "0.0.0.0:1"), ("tokens", None, "[::1]:1")):
        check_token_file("--token-file", file, tls, listen)


@pytest.mark.parametrize(("one", "other"), [("a", None), (None, "a")])
def test_one_of_a_pair_is_not_enough(one, other):
    with pytest.raises(click.UsageError, match="--a and --b belong together"):
        check_pair("--a", one, "--b", other)
    check_pair("--a", one and other, "--b", one and other)
