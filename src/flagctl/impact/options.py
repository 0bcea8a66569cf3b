"""Options: how an impact is measured, as the command line says it."""

from __future__ import annotations

import re
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from flagctl.files.manifests import STDIN
from flagctl.impact.limits import Limits
from flagctl.impact.measurement import Measure

if TYPE_CHECKING:
    from collections.abc import Callable

_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]+)?) ?%?", re.ASCII)
_NEED_ALL = "--max-change, --max-join and --max-leave need --population: they are shares of all users"


def _share(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    """Return the share, 0 to 1, that a percentage with or without its sign says."""
    found = None if value is None else _SHARE.fullmatch(value.strip())
    if value is not None and (found is None or float(found[1]) > 100):
        raise click.BadParameter(f'"{value}" is not a percentage such as 5% or 0.5%')
    return None if found is None else float(found[1]) / 100


_POPULATION = click.option(
    "--population",
    metavar="FILE",
    type=click.Path(allow_dash=True),
    help="Users to count: JSON lines or CSV; - reads standard input.",
)
_OPTIONS = (
    _POPULATION,
    click.option(
        "--sample", type=click.IntRange(1, 100_000_000), metavar="N", help="Make up N users for each segment."
    ),
    click.option("--flag", "keys", multiple=True, metavar="KEY", help="Only this flag; repeat it for several."),
    click.option(
        "--max-change",
        callback=_share,
        metavar="PERCENT",
        help="Fail if more users get another variant than they have.",
    ),
    click.option(
        "--max-join", callback=_share, metavar="PERCENT", help="Fail if more users get a variant and have none."
    ),
    click.option("--max-leave", callback=_share, metavar="PERCENT", help="Fail if more users lose their variant."),
    click.option("--no-switch", is_flag=True, help="Fail if any user gets another variant than they have."),
    click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes to use. Default: one per core."),
)


def measure_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` the options that say how to measure, and their values as its argument `measure`."""

    @wraps(command)
    def called(
        population: str | None,
        sample: int | None,
        keys: tuple[str, ...],
        max_change: float | None,
        max_join: float | None,
        max_leave: float | None,
        no_switch: bool,
        jobs: int | None,
        **rest: Any,  # noqa: ANN401
    ) -> None:
        if population is not None and sample is not None:
            raise click.UsageError("either --population or --sample: one counts users, the other makes them up")
        if population == STDIN and STDIN in rest["arguments"]:
            raise click.UsageError("standard input can be manifests or the population, not both")
        limits = Limits(max_change, max_join, max_leave, no_switch)
        if limits.shares and population is None:
            raise click.UsageError(_NEED_ALL)
        command(measure=Measure(population, sample, keys, jobs or 0, limits), **rest)

    for option in reversed(_OPTIONS):
        called = option(called)
    return called
