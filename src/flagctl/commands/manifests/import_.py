"""`flagctl import`: flags of other systems as manifests."""

from __future__ import annotations

import codecs
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from flagctl.failure import Refused, Unreachable
from flagctl.files.manifests import STDIN, check_there
from flagctl.files.writing import create_text
from flagctl.printable import printable
from flagctl.progress import progress
from flagctl.standard_input import read_standard_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagctl.migration.imported import Imported
    from flagctl.migration.transfer import Transfer

_OPTIONS = (
    click.argument("file", type=click.Path(allow_dash=True)),
    click.option(
        "--project", metavar="NAME", help="Namespace of the manifests.  [default: the one they are applied to]"
    ),
    click.option(
        "--write",
        "folder",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder to write a file for each flag to, instead of stdout; nothing is overwritten.",
    ),
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("import")
def command() -> None:
    """Write flags of other systems as manifests, and name what cannot be carried over.

    \b
    Examples:
      flagctl import amplitude flags.json --compiled compiled.json --write flags/
      flagctl import flagd flags.flagd.json --write flags/
    """


@command.command("amplitude")
@_options
@click.option(
    "--compiled",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="What /sdk/v2/flags serves: each flag is proven by asking made-up users of both forms.",
)
@click.option("--users", default=100_000, show_default=True, type=click.IntRange(min=1), help="How many users.")
def amplitude_command(file: str, project: str | None, folder: Path | None, compiled: str | None, users: int) -> None:
    """Import what Amplitude's management API exports: GET /api/1/flags or /api/1/experiments.

    A flag that would answer otherwise than in Amplitude is written inactive, with the reason. Exits 1
    when a flag is not imported, or users get something else from its compiled form.

    \b
    Examples:
      flagctl import amplitude flags.json
      flagctl import amplitude flags.json --compiled compiled.json --write flags/
    """
    from flagctl.migration.amplitude import from_amplitude
    from flagctl.migration.proof import proof
    from flagctl.migration.transfer import transfers

    found, ours = transfers(_read(file, from_amplitude))
    if compiled is not None:
        theirs = _compiled(compiled)
        with progress("asking users"):
            found = [replace(each, proof=proof(each.flag.key, theirs, ours, users)) for each in found]
    elif found:
        click.echo("not proven: --compiled names the compiled flags to compare with", err=True)
    _finish(found, project, folder)


@command.command("flagd")
@_options
def flagd_command(file: str, project: str | None, folder: Path | None) -> None:
    """Import flag definitions of OpenFeature's flagd, whose targeting is JSONLogic.

    A flag that would answer otherwise than in flagd is written inactive, with the reason. Exits 1 when
    a flag is not imported.

    \b
    Examples:
      flagctl import flagd flags.flagd.json --write flags/
      curl -s https://flags.example/flags.json | flagctl import flagd -
    """
    from flagctl.migration.flagd_definition import from_flagd
    from flagctl.migration.transfer import transfers

    found, _ = transfers(_read(file, from_flagd))
    _finish(found, project, folder)


def _read(file: str, importer: Callable[[object], Sequence[Imported]]) -> Sequence[Imported]:
    from flagctl.migration.imported import ForeignError

    try:
        return importer(_json(file))
    except ForeignError as error:
        raise Refused(f"{file}: {printable(str(error))}") from None


def _compiled(file: str) -> dict[str, Any]:
    document = _json(file)
    shapes = {"key": str, "variants": dict, "segments": list}
    if not isinstance(document, list) or not all(
        isinstance(each, dict) and all(isinstance(each.get(name), kind) for name, kind in shapes.items())
        for each in document
    ):
        raise Refused(f"{file}: is not a list of compiled flags, as /sdk/v2/flags serves it")
    return {each["key"]: each for each in document}


def _json(file: str) -> object:
    check_there(file)
    try:
        data = read_standard_input() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise Unreachable(f'"{file}" cannot be read: {(error.strerror or str(error)).lower()}') from None
    try:
        return orjson.loads(data.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise Refused(f"{file}: is not JSON: {error}") from None


def _finish(found: Sequence[Transfer], project: str | None, folder: Path | None) -> None:
    if not found:
        raise Refused("there is no flag in it")
    texts = [(each, "" if each.faults else each.flag.text(project)) for each in found]
    if folder is None:
        click.echo("---\n".join(text for _, text in texts if text), nl=False)
    there = []
    for each, text in texts:
        try:
            written = "" if folder is None or not text else str(_create(folder, each.flag.name, text))
        except FileExistsError as error:
            there.append(f"{each.flag.key}: {error.filename} exists already; flagctl import never overwrites")
            continue
        for line in each.lines(written):
            click.echo(printable(line), err=True)
    if there:
        raise Refused("\n".join(map(printable, there)))
    if any(each.failed for each in found):
        click.get_current_context().exit(1)


def _create(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        create_text(path, text)
    except FileExistsError:
        raise
    except OSError as error:
        raise Unreachable(f"cannot write {path}: {error.strerror}") from None
    return path
