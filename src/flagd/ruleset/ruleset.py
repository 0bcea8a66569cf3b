"""Ruleset: all that flagd needs to answer for one project, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.cohort import Cohort
    from flagd.ruleset.deployment import Deployment
    from flagd.ruleset.flag import EvaluationFlag


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One revision of a project. Never changed, only replaced.

    Attributes:
        project: the namespace.
        flags: compiled flags by key, flag groups included.
        cohorts: member lists by cohort id (the FlagCohort's name).
        deployments: keys that admit callers, by name of the FlagDeployment.
        visibility: names of the deployments that see a flag, by flag key. A flag without an entry
            is seen only by callers without a key.
        revision: content hash of everything above.
    """

    project: str
    flags: Mapping[str, EvaluationFlag]
    cohorts: Mapping[str, Cohort]
    deployments: Mapping[str, Deployment]
    visibility: Mapping[str, frozenset[str]]
    revision: str
