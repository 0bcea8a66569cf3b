"""`flagctl generate`: accessors for flags, and OpenFeature's manifest."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from flagctl.failure import Refused, Unreachable
from flagctl.files.manifests import Manifests, paths_argument, read
from flagctl.files.project_option import project_option
from flagctl.files.writing import replace_text
from flagctl.output import indented

_project = project_option("Namespace to take flags from; needed if there are several.")
_output = click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; standard output when absent.",
)
_check = click.option("--check", is_flag=True, help="Write nothing; exit 1 if the file is not what would be written.")


@click.group("generate")
def command() -> None:
    """Make code and documents of flags, so that a flag that is gone is an error where it is used."""


@command.command("python")
@paths_argument
@_project
@_output
@_check
def python(paths: tuple[str, ...], project: str | None, output: Path | None, check: bool) -> None:
    """Make a Python module with one function for each flag, for flagd.client.

    Its type says which variants there are, so a flag that is taken out of the manifests is an error of the type
    checker in every program that asks for it. Flags past `expires` are deprecated.

    \b
    Examples:
      flagctl generate python flags/ --project shop -o src/shop/flags.py
      flagctl generate python flags/ --project shop -o src/shop/flags.py --check
    """
    from flagctl.generation.python_module import python_module

    manifests, name = _read(paths, project)
    _give(python_module(name, manifests.flags(name), datetime.now(UTC).date()), output, check=check)


@command.command("openfeature-manifest")
@paths_argument
@_project
@_output
@_check
def openfeature(paths: tuple[str, ...], project: str | None, output: Path | None, check: bool) -> None:
    """Make the manifest of which OpenFeature's command line makes accessors in its languages.

    A flagd serves the same, without descriptions: GET /openfeature/v0/manifest.

    \b
    Examples:
      flagctl generate openfeature-manifest flags/ --project shop -o flags.json
    """
    from flagd.ruleset.forms.openfeature_flag import openfeature_manifest

    manifests, name = _read(paths, project)
    described = {flag.key: flag.spec.description for flag in manifests.flags(name) if flag.spec.description}
    flags = {flag.key: manifests.projects[name].ruleset.flags[flag.key] for flag in manifests.flags(name)}
    document = openfeature_manifest(flags, described)
    _give(indented(document) + "\n", output, check=check)


def _read(paths: tuple[str, ...], project: str | None) -> tuple[Manifests, str]:
    """Return what was read, and the project meant. Raises Refused where anything in it is broken."""
    from flagctl.files.report import text_report

    manifests = read(paths)
    name = manifests.project(project).ruleset.project
    if errors := manifests.errors(name):
        click.echo(text_report(errors), err=True)
        raise Refused("nothing is generated from manifests with errors")
    return manifests, name


def _give(text: str, output: Path | None, *, check: bool) -> None:
    if output is None:
        if check:
            raise click.UsageError("--check needs --output")
        click.echo(text, nl=False)
        return
    try:
        if not check:
            replace_text(output, text)
        elif not output.exists() or output.read_text(encoding="utf-8") != text:
            raise Refused(f"{output} is not what these manifests generate; generate it again")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreachable(f"{output}: {getattr(error, 'strerror', None) or error}") from None
