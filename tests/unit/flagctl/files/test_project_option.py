"""The option that chooses a namespace."""

from __future__ import annotations

import click
from click.testing import CliRunner

from flagctl.files.project_option import project_option


@click.command()
@project_option("Only this one.")
def command(project: str | None) -> None:
    click.echo(project)


def test_a_namespace_is_named_or_none_is():
    assert CliRunner().invoke(command, ["--project", "shop"]).output == "shop\n"
    assert CliRunner().invoke(command, []).output == "\n"
    assert "Only this one." in CliRunner().invoke(command, ["--help"]).output
