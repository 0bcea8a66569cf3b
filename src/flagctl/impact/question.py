"""Question: which flags of two sides are compared, in a form that can be handed to another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.comparison.felt import felt
from flagctl.comparison.pairing import renamed_namespace
from flagctl.impact.impact import Impact
from flagd.manifest import Flag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagctl.comparison.side import Side
    from flagd.compiler import Compiled
    from flagd.ruleset import Cohort, EvaluationFlag


@dataclass(frozen=True, slots=True)
class Ruleset:
    """What one side answers from."""

    flags: Sequence[EvaluationFlag]
    cohorts: Mapping[str, Cohort]

    def flag(self, key: str) -> EvaluationFlag | None:
        """Return the compiled flag; None where there is none."""
        return next((flag for flag in self.flags if flag["key"] == key), None)


@dataclass(frozen=True, slots=True)
class Question:
    """One project on both sides.

    Attributes:
        project: its namespace, on the right side where the two differ.
        before: what the left side answers from.
        after: what the right side answers from.
        keys: the flags that may answer otherwise.
    """

    project: str
    before: Ruleset
    after: Ruleset
    keys: Sequence[str]


def questions(left: Side, right: Side) -> tuple[list[Question], list[Impact]]:
    """Return what to count, and the flags of which nothing can be said."""
    renamed = renamed_namespace(left, right)
    names = [renamed] if renamed else [(name, name) for name in sorted(left.namespaces | right.namespaces)]
    asked: list[Question] = []
    failed: list[Impact] = []
    for old, new in names:
        before, after = left.manifests.projects.get(old), right.manifests.projects.get(new)
        broken = _broken(left, old) | _broken(right, new)
        failed += [Impact(new, key, failed=f"it does not compile in {side}") for key, side in sorted(broken.items())]
        keys = [key for key in felt(before, after) if key not in broken]
        if keys:
            asked.append(Question(new, _ruleset(before), _ruleset(after), keys))
    return asked, failed


def _broken(side: Side, namespace: str) -> dict[str, str]:
    """Return the keys of the flags in `namespace` that do not compile, and the name of the side."""
    there = {each.key for each in _flags(side, namespace)}
    refused = {ref.name for ref in side.refused if (ref.kind, ref.namespace) == ("Flag", namespace)}
    project = side.manifests.projects.get(namespace)
    compiled = set() if project is None else set(project.ruleset.flags)
    return dict.fromkeys((there - compiled) | refused, side.name)


def _flags(side: Side, namespace: str) -> Iterable[Flag]:
    found = (each for each in side.manifests.resources if isinstance(each, Flag))
    return (each for each in found if each.metadata.namespace == namespace)


def _ruleset(project: Compiled | None) -> Ruleset:
    return Ruleset((), {}) if project is None else Ruleset(list(project.ruleset.flags.values()), project.cohorts)
