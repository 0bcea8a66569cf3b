"""Testers: who gets a variant whatever the targeting says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flagd.manifest.model import Ids, Model, Name, Names
from flagd.manifest.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.path import FieldPath


class Testers(Model):
    """Who gets a variant whatever the targeting says."""

    user_ids: Ids = Field(default_factory=list, max_length=2_000, description="User ids.")
    device_ids: Ids = Field(default_factory=list, max_length=2_000, description="Device ids.")
    cohorts: Names = Field(default_factory=list, max_length=100, description="Names of FlagCohorts.")
    groups: dict[Name, Annotated[Ids, Field(max_length=2_000)]] = Field(
        default_factory=dict, max_length=100, description="Group names by group type: {company: [acme]}."
    )


def tester_references(testers: Testers | None, path: FieldPath) -> Iterator[Reference]:
    """Yield the cohorts that `testers`, which stand at `path`, name."""
    for index, name in enumerate(testers.cohorts if testers is not None else ()):
        yield Reference("FlagCohort", name, (*path, "cohorts", index))
