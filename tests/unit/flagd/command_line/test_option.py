"""Options, and the environment variables that set them."""

import click
from click.testing import CliRunner

from flagd.cli import main as flagd
from flagd.command_line.option import LOG_LEVEL, MANAGEMENT_LISTEN, option
from flagoperator.cli import main as flagoperator


@click.command()
@option("--drain-timeout", default=15.0, help="Time to drain.")
@MANAGEMENT_LISTEN
@LOG_LEVEL
def program(**settings):
    click.echo(settings)


def _settings(*arguments, **environment):
    return CliRunner().invoke(program, arguments, env=environment).output


def test_an_option_is_set_by_its_variable_and_an_argument_goes_before():
    assert "'drain_timeout': 2.0" in _settings(FLAGSERVICE_DRAIN_TIMEOUT="2")
    assert "'drain_timeout': 3.0" in _settings("--drain-timeout", "3", FLAGSERVICE_DRAIN_TIMEOUT="2")


def test_help_names_the_variable_and_the_default():
    text = " ".join(_settings("--help").split())
    assert "FLAGSERVICE_DRAIN_TIMEOUT; default: 15.0" in text
    assert "FLAGSERVICE_MANAGEMENT_LISTEN; default: 127.0.0.1:8014" in text


def test_a_variable_is_checked_as_the_option_is():
    assert "'loud' is not one of" in _settings(FLAGSERVICE_LOG_LEVEL="loud")


def test_help_of_insecure_says_all_that_the_program_may_then_send_in_plain_text():
    told = [
        CliRunner().invoke(*given).output for given in ((flagd, ["serve", "--help"]), (flagoperator, ["run", "--help"]))
    ]
    of_flagd, of_operator = (" ".join(text.split()) for text in told)
    assert "tokens of ServiceAccounts and events to be sent in plain text" in of_flagd
    assert "tokens of ServiceAccounts to be sent in plain text" in of_operator
