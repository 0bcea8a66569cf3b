"""Ruleset: all that flagd needs to answer for one project, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.ruleset.forms.jsonform import (
    RulesetError,
    checked,
    cohort_to_json,
    cohorts_from_json,
    deployment_to_json,
    deployments_from_json,
    flags_from_json,
    visibility_from_json,
    visibility_to_json,
)
from flagd.ruleset.revision import compute_revision

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

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain JSON, in an order that depends on the content alone."""
        return {
            "project": self.project,
            "revision": self.revision,
            "flags": [self.flags[key] for key in sorted(self.flags)],
            "cohorts": {name: cohort_to_json(self.cohorts[name]) for name in sorted(self.cohorts)},
            "deployments": {name: deployment_to_json(self.deployments[name]) for name in sorted(self.deployments)},
            "visibility": visibility_to_json(self.visibility),
        }

    @classmethod
    def from_json(cls, value: object) -> Ruleset:
        """Return the ruleset that `as_json` wrote.

        Raises:
            RulesetError: the shape is wrong, or the content is not that of the revision.
        """
        whole = checked(value, dict, "ruleset")
        ruleset = cls(
            project=checked(whole.get("project"), str, "project"),
            flags=flags_from_json(whole.get("flags")),
            cohorts=cohorts_from_json(whole.get("cohorts")),
            deployments=deployments_from_json(whole.get("deployments")),
            visibility=visibility_from_json(whole.get("visibility")),
            revision=checked(whole.get("revision"), str, "revision"),
        )
        ruleset.verify()
        return ruleset

    def verify(self) -> None:
        """Raise RulesetError if the content is not that of the revision."""
        try:
            found = compute_revision(self.flags, self.cohorts, self.deployments, self.visibility)
        except (RecursionError, TypeError, ValueError) as error:
            raise RulesetError("the content has no revision: it is not JSON that flags are made of") from error
        if found != self.revision:
            raise RulesetError(f"the content is that of revision {found}, not {self.revision}")
