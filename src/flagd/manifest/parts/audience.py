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
    for place, condition in enumerate(audience.match or ()):
        if condition.op in COHORT_OPERATORS:
            yield from _cohorts(condition, (*path, "match", place))
    for index, group in enumerate(audience.any_of or ()):
        for place, condition in enumerate(group.match):
            if condition.op in COHORT_OPERATORS:
                yield from _cohorts(condition, (*path, "anyOf", index, "match", place))


def _cohorts(condition: Condition, path: FieldPath) -> Iterator[Reference]:
    for index, name in enumerate(condition.values):
        yield Reference("FlagCohort", name, (*path, "values", index))
