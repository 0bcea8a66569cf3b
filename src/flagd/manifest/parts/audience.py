"""Audience: who is meant by `match`, `anyOf` and `segmentRefs`, wherever these stand together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from flagd.manifest.cel import Rule, one_of
from flagd.manifest.parts.condition import COHORT_OPERATORS
from flagd.manifest.reference import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagd.manifest.parts.condition import Condition, ConditionGroup
    from flagd.manifest.path import FieldPath


class Audience(Protocol):
    """A part of a manifest that says who is meant."""

    @property
    def match(self) -> Sequence[Condition] | None:
        """Conditions that must all hold."""

    @property
    def any_of(self) -> Sequence[ConditionGroup] | None:
        """Groups of which at least one must hold."""

    @property
    def segment_refs(self) -> Sequence[str]:
        """FlagSegments that must all hold too."""


_ATTRIBUTED = f"has(c.attribute) != (c.op in {one_of(COHORT_OPERATORS)})"
_ATTRIBUTES = '"every operator takes an attribute, except in cohort and not in cohort"'

MATCH_RULE = Rule(f"self.all(c, {_ATTRIBUTED})", _ATTRIBUTES)
ANY_OF_RULE = Rule(f"self.all(g, g.match.all(c, {_ATTRIBUTED}))", _ATTRIBUTES)
AUDIENCE_RULES = (
    Rule("!(has(self.match) && has(self.anyOf))", '"anyOf cannot be combined with match; write one of them"', ".anyOf"),
    Rule(
        "has(self.match) || has(self.anyOf) || (has(self.segmentRefs) && size(self.segmentRefs) > 0)",
        '"has no conditions; write match, anyOf or segmentRefs (for everybody: allOtherUsers)"',
    ),
)


def audience_references(audience: Audience, path: FieldPath) -> Iterator[Reference]:
    """Yield the segments and cohorts that `audience`, which stands at `path`, names."""
    for index, name in enumerate(audience.segment_refs):
        yield Reference("FlagSegment", name, (*path, "segmentRefs", index))
    yield from _cohorts(audience.match or (), (*path, "match"))
    for index, group in enumerate(audience.any_of or ()):
        yield from _cohorts(group.match, (*path, "anyOf", index, "match"))


def _cohorts(conditions: Sequence[Condition], path: FieldPath) -> Iterator[Reference]:
    for outer, condition in enumerate(conditions):
        if condition.op in COHORT_OPERATORS:
            for index, name in enumerate(condition.values):
                yield Reference("FlagCohort", name, (*path, outer, "values", index))
