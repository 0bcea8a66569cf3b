"""CEL: the rules of the models that the API server checks itself, by the name of the model.

Not here is what costs the API server too much (its estimate multiplies the bounds of all lists on
the way: segments × conditions × values) or what CEL cannot see (other objects, untyped fields,
RE2 patterns). Those rules are in the ``*_rules`` modules, and the operator says so in the status.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flagd.manifest.condition import COHORT_OPERATORS
from flagd.manifest.group_rules import RESERVED_SLOTS
from flagd.manifest.model import RESERVED_SEGMENT_NAMES


@dataclass(frozen=True, slots=True)
class Rule:
    """One validation.

    Attributes:
        rule: what must hold; ``self`` is the object.
        says: a CEL expression of what is said otherwise, with the bad value. Text between double
            quotes is said as it stands: picking one entry of a list costs too much in an expression.
        field: the field it is about, relative to the object; empty = the object.
    """

    rule: str
    says: str
    field: str = ""

    def schema(self) -> dict[str, Any]:
        """Return the rule as a CRD has it."""
        message = {"message": self.says.strip('"')} if self.says.startswith('"') else {"messageExpression": self.says}
        return {"rule": self.rule, **message, **({"fieldPath": self.field} if self.field else {})}


def _one_of(names: frozenset[str]) -> str:
    return "[" + ", ".join(f"'{name}'" for name in sorted(names)) + "]"


def _unchanged(what: str, value: str, remedy: str, field: str) -> Rule:
    old = value.replace("self.", "oldSelf.")
    return Rule(
        f"{'' if what == 'key' else _REBUCKET + ' || '}{value} == {old}",
        f"'{what} changed from `' + {old} + '` to `' + {value} + '`, {remedy}'",
        field,
    )


_COHORT = f"c.op in {_one_of(COHORT_OPERATORS)}"
_AUDIENCE = (
    Rule("!(has(self.match) && has(self.anyOf))", '"anyOf stands beside match; write one of them"', ".anyOf"),
    Rule(
        "has(self.match) || has(self.anyOf) || (has(self.segmentRefs) && size(self.segmentRefs) > 0)",
        '"has no conditions; write match, anyOf or segmentRefs (for everybody: allOtherUsers)"',
    ),
    Rule(
        f"!has(self.match) || self.match.all(c, has(c.attribute) != ({_COHORT}))",
        '"every operator takes an attribute, except in cohort and not in cohort"',
        ".match",
    ),
)
_HAS_BUCKETING = "has(self.spec.bucketing)"
_KEY = "(has(self.spec.key) ? self.spec.key : self.metadata.name)"
_SALT = f"({_HAS_BUCKETING} && has(self.spec.bucketing.salt) ? self.spec.bucketing.salt : {_KEY})"
_UNIT = f"({_HAS_BUCKETING} && has(self.spec.bucketing.unit) ? self.spec.bucketing.unit : 'User')"
_BY = (
    f"({_HAS_BUCKETING} && has(self.spec.bucketing.key) ? self.spec.bucketing.key : "
    f"({_UNIT} == 'User' ? 'user.user_id' : 'groups.' + {_UNIT} + '.name'))"
)
_REBUCKET = "(has(self.spec.allowRebucket) && self.spec.allowRebucket)"
_MOVES = "which moves users between variants; set allowRebucket: true in the same change"
_EXCLUSION = "self.type == 'MutualExclusion'"
_NAMED = "self.variants.exists(v, v.key == k)"

RULES: dict[str, tuple[Rule, ...]] = {
    "Flag": (
        _unchanged("key", _KEY, "and callers ask by the key; declare a new flag", ".spec.key"),
        _unchanged("salt", _SALT, _MOVES, ".spec.bucketing.salt"),
        _unchanged("bucketing unit", _UNIT, _MOVES, ".spec.bucketing.unit"),
        _unchanged("bucketing key", _BY, _MOVES, ".spec.bucketing.key"),
    ),
    "FlagSpec": (
        Rule(
            "!has(self.key) || size(bytes(self.key)) <= 256",
            "'`' + self.key + '` takes more than 256 bytes; callers could not ask for it'",
            ".key",
        ),
        Rule(
            "self.variants.all(x, self.variants.exists_one(y, y.key == x.key))",
            '"two variants have the same key; each may stand once"',
            ".variants",
        ),
        Rule(
            "!has(self.allOtherUsers) || !has(self.allOtherUsers.weights) || "
            f"self.allOtherUsers.weights.all(k, {_NAMED})",
            '"weights name a variant that the flag does not have"',
            ".allOtherUsers.weights",
        ),
    ),
    "Variant": (
        Rule(
            "self.key.lowerAscii() != 'off'",
            "'`' + self.key + '` is reserved: every flag has a variant off already; choose another key'",
            ".key",
        ),
    ),
    "Segment": (
        Rule(
            f"!(self.name in {_one_of(RESERVED_SEGMENT_NAMES)})",
            "'`' + self.name + '` is reserved for what the compiler adds; choose another name'",
            ".name",
        ),
        *_AUDIENCE,
    ),
    "FlagSegmentSpec": (
        *_AUDIENCE,
        Rule(
            f"!has(self.anyOf) || self.anyOf.all(g, g.match.all(c, has(c.attribute) != ({_COHORT})))",
            '"every operator takes an attribute, except in cohort and not in cohort"',
            ".anyOf",
        ),
    ),
    "Rollout": (
        Rule(
            "!has(self.weights) || self.weights.exists(k, self.weights[k] > 0)",
            '"weights give no variant any weight; leave weights out for an even split"',
            ".weights",
        ),
    ),
    "FlagGroupSpec": (
        Rule(
            f"{_EXCLUSION} ? has(self.slots) && !has(self.holdout) : has(self.holdout) && !has(self.slots)",
            f"'a group of type ' + self.type + ' has ' + ({_EXCLUSION} ? 'slots, no holdout' : 'holdout, no slots')",
        ),
        Rule(
            "!has(self.slots) || self.slots.map(s, s.percent).sum() == 100",
            '"the slots must sum to 100 percent"',
            ".slots",
        ),
        Rule(
            "!has(self.slots) || self.slots.all(x, self.slots.exists_one(y, y.name == x.name))",
            '"two slots have the same name; each may stand once"',
            ".slots",
        ),
    ),
    "Slot": (
        Rule(
            f"!(self.name.lowerAscii() in {_one_of(RESERVED_SLOTS)})",
            "'`' + self.name + '` is reserved for users in no slot; choose another name, such as slot-1'",
            ".name",
        ),
    ),
}
