"""Measurement: two sides compared by the users of a population, by a sample, or by all buckets."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from flagctl.failure import Refused, Unreachable
from flagctl.impact.buckets import by_buckets
from flagctl.impact.impact import Basis, Impact
from flagctl.impact.question import questions
from flagctl.impact.result import Result
from flagctl.impact.sample import by_sample
from flagctl.impact.users.population import STDIN, opened, pieces
from flagctl.impact.workers import count
from flagctl.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.comparison.side import Side
    from flagctl.impact.limits import Limits
    from flagctl.impact.question import Question


@dataclass(frozen=True, slots=True)
class Measure:
    """How to measure.

    Attributes:
        population: path of the users; ``-`` is standard input; None = nobody is counted.
        sample: how many users to make up for each segment; None = none.
        keys: the flags to look at; empty = all.
        jobs: processes to use; 0 = one for each core.
        limits: what is allowed.
    """

    population: str | None
    sample: int | None
    keys: Sequence[str]
    jobs: int
    limits: Limits


def measured(left: Side, right: Side, measure: Measure) -> Result:
    """Return what a change from `left` to `right` does to users.

    Raises:
        Unreachable: the population cannot be read, or is empty.
        PopulationError: it holds something that is not a user.
        Refused: there is no such flag.
    """
    asked, failed = questions(left, right)
    if measure.keys:
        _check_known(left, right, measure.keys)
        asked = [replace(each, keys=[key for key in each.keys if key in measure.keys]) for each in asked]
        failed = [each for each in failed if each.flag in measure.keys]
    basis, users, impacts = _counted(asked, measure)
    impacts = sorted([*impacts, *failed], key=lambda each: (each.project, each.flag))
    return Result(basis, users, impacts, list(measure.limits.broken(impacts, basis)))


def _counted(asked: Sequence[Question], measure: Measure) -> tuple[Basis, int, list[Impact]]:
    if measure.population is not None:
        users, impacts = _by_population(asked, measure.population, measure.jobs)
        return Basis.POPULATION, users, impacts
    if measure.sample is not None:
        return Basis.SAMPLE, measure.sample, [each for one in asked for each in by_sample(one, measure.sample)]
    return Basis.BUCKETS, 0, [each for one in asked for each in by_buckets(one)]


def _by_population(asked: Sequence[Question], path: str, jobs: int) -> tuple[int, list[Impact]]:
    with (
        opened(path) as (file, size),
        click.progressbar(length=size or 0, label="counting users", file=sys.stderr, hidden=_is_hidden(size)) as bar,
    ):
        counts, users = count(asked, pieces(file), jobs, lambda read: bar.update(read - bar.pos))
    if not users:
        raise Unreachable(f"no users in {'standard input' if path == STDIN else path}")
    return users, [Impact(project, key, moves, {"": users}) for (project, key), moves in counts.items()]


def _is_hidden(size: int | None) -> bool:
    return not size or not sys.stderr.isatty()


def _check_known(left: Side, right: Side, keys: Sequence[str]) -> None:
    projects = [*left.manifests.projects.values(), *right.manifests.projects.values()]
    known = {key for project in projects for key in project.ruleset.flags}
    known |= {each.key for side in (left, right) for each in side.manifests.resources}
    for key in keys:
        if key not in known:
            raise Refused(f'there is no flag "{key}" on either side; {suggestion(key, known)}')
