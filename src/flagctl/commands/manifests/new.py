"""`flagctl new`: the manifest of a new flag, from a name for people."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from flagctl.failure import Refused, Unreachable
from flagctl.files.draft import Draft, DraftVariant
from flagctl.files.writing import create_text
from flagd.value_type import VALUE_TYPES


def _variant(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[DraftVariant, ...]:
    variants = []
    for value in values:
        name, _, weight = value.rpartition(":")
        weighted = bool(name) and weight.isascii() and weight.isdecimal()
        variants.append(DraftVariant(name.strip(), int(weight)) if weighted else DraftVariant(value.strip()))
    keys = [variant.key for variant in variants]
    for variant in variants:
        if not variant.key:
            raise click.BadParameter(f'"{variant.name}" contains no letter a-z or digit to make a key from')
        if keys.count(variant.key) > 1:
            raise click.BadParameter(f'several variants would have the key "{variant.key}"')
    return tuple(variants)


def _date(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    try:
        return value and date.fromisoformat(value).isoformat()
    except ValueError:
        raise click.BadParameter(f'"{value}" is not a date such as 2030-12-31') from None


def _printable(_ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not (value.strip() and value.isprintable()):
        raise click.BadParameter(f"{value!r} is empty or contains control characters", param=parameter)
    return value and value.strip()


@click.command("new")
@click.argument("name", callback=_printable)
@click.option("--key", callback=_printable, help="Key that callers use.  [default: NAME in lower case, dashes]")
@click.option(
    "--variant",
    "variants",
    multiple=True,
    metavar="NAME[:WEIGHT]",
    default=["On"],
    show_default=True,
    callback=_variant,
    help="A variant, with its relative weight; repeat it for several.",
)
@click.option("--percent", default="0", show_default=True, help="Share of all users that get a variant, 0 to 100.")
@click.option(
    "--type",
    type=click.Choice(["Release", "Experiment"], case_sensitive=False),
    default="Release",
    show_default=True,
    help="Purpose of the flag.",
)
@click.option(
    "--value-type",
    type=click.Choice(VALUE_TYPES, case_sensitive=False),
    help="Type of every value.  [default: any type]",
)
@click.option("--owner", callback=_printable, help="Team or person responsible for the flag.")
@click.option("--expires", metavar="YYYY-MM-DD", callback=_date, help="Date by which to remove the flag.")
@click.option("--deployment", "deployments", multiple=True, metavar="NAME", help="FlagDeployment that may see it.")
@click.option("--project", callback=_printable, help="Namespace.  [default: the one it is applied to]")
@click.option("--write", "target", type=click.Path(), help="File or directory/ to write to, instead of stdout.")
def command(name: str, target: str | None, **answers: object) -> None:
    """Write the manifest of a new flag from its NAME.

    The flag starts inactive: testers can try it, everybody else gets "off" until `active: true`.

    \b
    Examples:
      flagctl new "New checkout"
      flagctl new "Button colour" --variant Red --variant "Light blue:3" --percent 10 --owner team-web
      flagctl new "Page size" --variant Small --variant Large --value-type Integer
      flagctl new "New checkout" --deployment web --write flags/
    """
    draft = Draft(display_name=name, **answers)  # type: ignore[arg-type]
    if not draft.name:
        raise click.UsageError(
            f'"{name}" contains no letter a-z or digit to make a key from; pass one: --key new-checkout'
        )
    text = draft.manifest()
    _check(text)
    if target is None:
        click.echo(text, nl=False)
        return
    path = Path(target)
    if target.endswith("/"):
        _make_folder(path)
    if path.is_dir():
        path /= f"{draft.name}.yaml"
    _create(path, text)
    click.echo(f"wrote {path}", err=True)


def _check(text: str) -> None:
    from flagd.manifest import read_text

    for diagnostic in read_text(text).diagnostics:
        raise click.UsageError(f"the flag would not be valid: {diagnostic.path}: {diagnostic.message}")


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unreachable(f"cannot make the folder {path}: {error.strerror}") from None


def _create(path: Path, text: str) -> None:
    try:
        create_text(path, text)
    except FileExistsError:
        raise Refused(f"{path} exists already; flagctl new never overwrites") from None
    except OSError as error:
        raise Unreachable(f"cannot write {path}: {error.strerror}") from None
