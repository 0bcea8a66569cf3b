"""FlagCohort: a list of users or groups by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from flagd.manifest.column import MESSAGE, READY, USED_BY, Column
from flagd.manifest.kind import Kind
from flagd.manifest.model import Ids, Model, Name
from flagd.manifest.resource import Resource
from flagd.manifest.rules.bucketing import check_unit
from flagd.manifest.rules.float_text import check_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding


class FlagCohortSpec(Model):
    """Who is in the cohort. A request's own cohort ids count as well."""

    unit: Name = Field(default="User", description="User, or a group type such as company.")
    members: Ids = Field(
        default_factory=list,
        max_length=20_000,
        description="User ids, or names of groups of that type. Above some 6,000 use kubectl apply --server-side.",
    )


class FlagCohort(Resource):
    """A list of users or groups by id."""

    kind: Literal["FlagCohort"] = "FlagCohort"
    spec: FlagCohortSpec


def _check(spec: FlagCohortSpec) -> Iterator[Finding]:
    yield from check_unit(spec.unit, ("spec", "unit"))
    yield from check_texts(spec.members, ("spec", "members"))


KIND = Kind(
    FlagCohort,
    "fco",
    check=_check,
    columns=(Column("Unit", "string", ".spec.unit"), USED_BY, READY, MESSAGE),
    inlined=False,
    large=True,
)
