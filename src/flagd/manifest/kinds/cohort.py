"""FlagCohort: a list of users or groups by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from flagd.manifest.column import MESSAGE, READY, USED_BY, Column
from flagd.manifest.finding import Finding
from flagd.manifest.kind import USERS, Kind
from flagd.manifest.model import Ids, Model, Name
from flagd.manifest.parts.list_origin import LIST_FORMS, LIST_RULE, ListOrigin
from flagd.manifest.resource import Resource
from flagd.manifest.rules.bucketing import check_unit
from flagd.manifest.rules.float_text import check_texts
from flagd.manifest.schema import integer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.schema import Schema


class FlagCohortSpec(Model):
    """Who is in the cohort. A request's own cohort ids count as well."""

    unit: Name = Field(default="User", description="User, or a group type such as company.")
    members: Ids = Field(
        default_factory=list,
        max_length=20_000,
        description="User ids, or names of groups of that type. Above some 6,000 use kubectl apply --server-side.",
    )
    from_: ListOrigin | None = Field(
        default=None, alias="from", description="In place of members: a list of up to 10 million ids that is fetched."
    )


class FlagCohort(Resource):
    """A list of users or groups by id."""

    kind: Literal["FlagCohort"] = "FlagCohort"
    spec: FlagCohortSpec


def _check(spec: FlagCohortSpec) -> Iterator[Finding]:
    yield from check_unit(spec.unit, ("spec", "unit"))
    yield from check_texts(spec.members, ("spec", "members"))
    if spec.from_ is not None and spec.members:
        yield Finding(("spec", "from"), "ExactlyOne", "cannot be combined with `members`; write one of them")


_LIST: Schema = {
    "list": {
        "type": "object",
        "description": "The list that is served, where spec.from names one.",
        "properties": {
            "ids": integer("How many ids it holds."),
            "asOf": {"type": "string", "format": "date-time", "description": "Since when it is as it is."},
        },
    }
}

KIND = Kind(
    FlagCohort,
    "fco",
    check=_check,
    rules={"FlagCohortSpec": (LIST_RULE,)},
    columns=(
        Column("Unit", "string", ".spec.unit"),
        Column("Ids", "integer", ".status.list.ids"),
        USED_BY,
        READY,
        MESSAGE,
        Column("List as of", "date", ".status.list.asOf", wide=True),
    ),
    status={**USERS, **_LIST},
    forms=LIST_FORMS,
    inlined=False,
    large=True,
)
