"""Change: what turns one ruleset of a project into another."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import eq
from typing import TYPE_CHECKING

from flagd.ruleset.canonical import canonical_json
from flagd.ruleset.persistent import ABSENT, Absent, difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.cohort import Cohort
    from flagd.ruleset.deployment import Deployment
    from flagd.ruleset.flag import EvaluationFlag
    from flagd.ruleset.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Change:
    """New values by name, `ABSENT` for what goes.

    Attributes:
        flags: by key.
        visibility: names of the deployments that see a flag, by its key.
        cohorts: by id.
        deployments: by name.
        hashes: of flags, by key, where they were computed already; `hash_json` gives the same.
    """

    flags: Mapping[str, EvaluationFlag | Absent]
    visibility: Mapping[str, frozenset[str] | Absent]
    cohorts: Mapping[str, Cohort | Absent]
    deployments: Mapping[str, Deployment | Absent]
    hashes: Mapping[str, bytes] = field(default_factory=dict)


def find_change(before: Ruleset, after: Ruleset) -> Change:
    """Return what turns `before` into `after`. What rulesets share by one being made of the other costs nothing."""
    seen = difference(before.visibility, after.visibility, eq)
    return Change(
        # Not by ==, to which true is 1.
        flags=difference(before.flags, after.flags, lambda one, other: canonical_json(one) == canonical_json(other)),
        visibility={key: names or ABSENT for key, names in seen.items()},
        cohorts=difference(before.cohorts, after.cohorts, eq),
        deployments=difference(before.deployments, after.deployments, eq),
    )
