"""`flagctl promote`: what flags are in one environment, carried into the files of another."""

from __future__ import annotations

from pathlib import Path

import click

from flagctl.failure import Refused, Unreachable
from flagctl.files.manifests import check_there
from flagctl.promotion.promotion import Promotion, promotion
from flagctl.suggestion import suggestion
from flagd.manifest import FlagSpec

_PARTS = ("percent", "weights")


def _fields(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Return the names in a list with commas, all of them fields of a flag."""
    names = tuple(name.strip() for name in (value or "").split(",") if name.strip())
    known = [*_PARTS, *(field.alias or name for name, field in FlagSpec.model_fields.items())]
    for name in names:
        if name not in known:
            raise click.BadParameter(f'a flag has no "{name}"; {suggestion(name, known)}')
    return names


@click.command("promote")
@click.option("--from", "source", required=True, metavar="FOLDER", help="Manifests or patches of one environment.")
@click.option("--to", "target", required=True, metavar="FOLDER", help="Those of the environment to promote to.")
@click.option("--flag", "names", multiple=True, metavar="NAME", help="Only this flag, by metadata.name; repeat it.")
@click.option("--only", callback=_fields, metavar="FIELDS", help="Only these fields, as percent,segments.")
@click.option("--write", is_flag=True, help="Change the files; without it the change is only shown.")
def command(source: str, target: str, names: tuple[str, ...], only: tuple[str, ...], write: bool) -> None:
    """Carry what flags are in one environment into the files of another, and show the change.

    Only what differs is edited: comments, order and quoting stay. The files may be whole manifests
    or patches of kustomize; what the source does not say stays. Exits 1 when a flag cannot be promoted.

    \b
    Examples:
      flagctl promote --from overlays/staging --to overlays/prod --only percent
      flagctl promote --from overlays/staging --to overlays/prod --flag new-checkout --write
    """
    for folder in (source, target):
        check_there(folder)
    found = promotion(source, target, names, only)
    click.echo(found.diff(), nl=False)
    if write:
        _write(found)
    elif not found.after and not found.refused:
        click.echo("nothing to promote", err=True)
    if found.refused:
        raise Refused("\n".join(found.refused))


def _write(found: Promotion) -> None:
    for file, text in found.after.items():
        try:
            Path(file).write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise Unreachable(f'"{file}" cannot be written: {(error.strerror or str(error)).lower()}') from None
    flags = ", ".join(found.flags) or "nothing"
    click.echo(f"promoted {flags}", err=True)
