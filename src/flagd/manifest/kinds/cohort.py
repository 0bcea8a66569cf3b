"""FlagCohort: a list of users or groups by id."""

from __future__ import annotations

from pydantic import Field

from flagd.manifest.model import Ids, Model, Name


class FlagCohortSpec(Model):
    """Who is in the cohort. A request's own cohort ids count as well."""

    unit: Name = Field(default="User", description="User, or a group type such as company.")
    members: Ids = Field(
        default_factory=list,
        max_length=20_000,
        description="User ids, or names of groups of that type. Above some 6,000 use kubectl apply --server-side.",
    )
