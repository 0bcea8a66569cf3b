"""The option for the form of what is printed, and JSON as commands write it."""

from __future__ import annotations

import click
from click.testing import CliRunner

from flagctl.output import indented, output_option


@click.command()
@output_option({"text": str, "json": indented})
def command(output: str) -> None:
    click.echo(output)


def test_the_first_form_is_the_default():
    assert CliRunner().invoke(command, []).output == "text\n"
    assert CliRunner().invoke(command, ["--output", "json"]).output == "json\n"
    assert "[default: text]" in CliRunner().invoke(command, ["--help"]).output


def test_a_form_that_is_not_one_is_refused_with_those_there_are():
    found = CliRunner().invoke(command, ["--output", "xml"])
    assert found.exit_code == 2
    assert "'text', 'json'" in found.output


def test_json_keeps_letters_as_they_are():
    assert indented({"owner": "Zoë"}) == '{\n  "owner": "Zoë"\n}'
