"""CEL: the rules of the models that the API server checks itself, by the name of the model or of its field.

The API server evaluates all of them for every write, of a status too, and what costs it time is to look up
the fields of an object. So a rule about one field stands at that field, and `self` is its value.

Not here is what costs the API server too much (its estimate multiplies the bounds of all lists on
the way: segments × conditions × values) or what CEL cannot see (other objects, untyped fields,
RE2 patterns). Those rules are in the ``*_rules`` modules, and the operator says so in the status.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flagd.manifest.model import RESERVED_SEGMENT_NAMES
from flagd.manifest.parts.condition import COHORT_OPERATORS
from flagd.manifest.parts.percent import PATTERN
from flagd.manifest.rules.group import RESERVED_SLOTS


@dataclass(frozen=True, slots=True)
class Rule:
    """One validation.

    Attributes:
        rule: what must hold; ``self`` is the object, or the value of the field.
        says: a CEL expression of what is said otherwise, with the bad value. Text between double
            quotes is said as it stands: picking one entry of a list costs too much in an expression.
        field: the field it is about, relative to ``self``; empty = ``self``.
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


def _unchanged(what: str, value: str, absent: str, remedy: str, field: str, *, unless: str = "false") -> Rule:
    """Return the rule that `value` stays as it is, `unless` something allows it to change.

    Where what it is made of is `absent` before and after, nothing more is looked at.
    """
    old, then = value.replace("self.", "oldSelf."), absent.replace("self.", "oldSelf.")
    return Rule(
        f"({absent} && {then}) || ({unless}) || {value} == {old}",
        f"'{what} changed from `' + {old} + '` to `' + {value} + '`, {remedy}'",
        field,
    )


PERCENT = PATTERN.replace("\\.", "[.]")
"""Without a backslash, which the text of a CEL literal would have to double."""
_COHORT = f"c.op in {_one_of(COHORT_OPERATORS)}"
_AUDIENCE = (
    Rule("!(has(self.match) && has(self.anyOf))", '"anyOf stands beside match; write one of them"', ".anyOf"),
    Rule(
        "has(self.match) || has(self.anyOf) || (has(self.segmentRefs) && size(self.segmentRefs) > 0)",
        '"has no conditions; write match, anyOf or segmentRefs (for everybody: allOtherUsers)"',
    ),
)
_ATTRIBUTED = f"has(c.attribute) != ({_COHORT})"
_ATTRIBUTES = '"every operator takes an attribute, except in cohort and not in cohort"'
_ONCE = "; each may stand once"
_MATCH = (Rule(f"self.all(c, {_ATTRIBUTED})", _ATTRIBUTES),)
_KEY = "(has(self.spec.key) ? self.spec.key : self.metadata.name)"
_SALT = f"(has(self.spec.bucketing) && has(self.spec.bucketing.salt) ? self.spec.bucketing.salt : {_KEY})"
_UNIT = "(has(self.bucketing) && has(self.bucketing.unit) ? self.bucketing.unit : 'User')"
_BY = (
    "(has(self.bucketing) && has(self.bucketing.key) ? self.bucketing.key : "
    f"({_UNIT} == 'User' ? 'user.user_id' : 'groups.' + {_UNIT} + '.name'))"
)
_REBUCKET = "has(self.allowRebucket) && self.allowRebucket"
_SALT_REBUCKET = "has(self.spec.allowRebucket) && self.spec.allowRebucket"
_MOVES = "which moves users between variants; set allowRebucket: true in the same change"
_EXCLUSION = "self.type == 'MutualExclusion'"
_NAMED = "self.variants.exists(v, v.key == k)"

RULES: dict[str, tuple[Rule, ...]] = {
    "Flag": (
        _unchanged("key", _KEY, "!has(self.spec.key)", "and callers ask by the key; declare a new flag", ".spec.key"),
        # Without a salt, before and after, it is the key.
        _unchanged("salt", _SALT, "!has(self.spec.bucketing)", _MOVES, ".spec.bucketing.salt", unless=_SALT_REBUCKET),
    ),
    "FlagSpec": (
        _unchanged("bucketing unit", _UNIT, "!has(self.bucketing)", _MOVES, ".bucketing.unit", unless=_REBUCKET),
        _unchanged("bucketing key", _BY, "!has(self.bucketing)", _MOVES, ".bucketing.key", unless=_REBUCKET),
        Rule(
            "!has(self.allOtherUsers) || !has(self.allOtherUsers.weights) || "
            f"self.allOtherUsers.weights.all(k, {_NAMED})",
            '"weights name a variant that the flag does not have"',
            ".allOtherUsers.weights",
        ),
    ),
    "FlagSpec.key": (
        Rule("size(bytes(self)) <= 256", "'`' + self + '` takes more than 256 bytes; callers could not ask for it'"),
    ),
    "FlagSpec.variants": (
        Rule("self.all(x, self.exists_one(y, y.key == x.key))", f'"two variants have the same key{_ONCE}"'),
    ),
    "Variant.key": (
        Rule(
            "self.lowerAscii() != 'off'",
            "'`' + self + '` is reserved: every flag has a variant off already; choose another key'",
        ),
    ),
    "Segment": _AUDIENCE,
    "Segment.name": (
        Rule(
            f"!(self in {_one_of(RESERVED_SEGMENT_NAMES)})",
            "'`' + self + '` is reserved for what the compiler adds; choose another name'",
        ),
    ),
    "Segment.match": _MATCH,
    "FlagSegmentSpec": _AUDIENCE,
    "FlagSegmentSpec.match": _MATCH,
    "FlagSegmentSpec.anyOf": (Rule(f"self.all(g, g.match.all(c, {_ATTRIBUTED}))", _ATTRIBUTES),),
    "Rollout.weights": (
        Rule(
            "self.exists(k, self[k] > 0)",
            '"weights give no variant any weight; leave weights out for an even split"',
        ),
    ),
    "Rollout.percent": (
        Rule(
            f"type(self) == int || self.matches('{PERCENT}')",
            '"is not a percentage; write 0 to 100 in steps of 0.001, without a percent sign: 25, or in quotes 0.5"',
        ),
    ),
    "FlagGroupSpec": (
        Rule(
            f"{_EXCLUSION} ? has(self.slots) && !has(self.holdout) : has(self.holdout) && !has(self.slots)",
            f"'a group of type ' + self.type + ' has ' + ({_EXCLUSION} ? 'slots, no holdout' : 'holdout, no slots')",
        ),
    ),
    "FlagGroupSpec.slots": (
        Rule("self.map(s, s.percent).sum() == 100", '"the slots must sum to 100 percent"'),
        Rule("self.all(x, self.exists_one(y, y.name == x.name))", f'"two slots have the same name{_ONCE}"'),
    ),
    "Slot.name": (
        Rule(
            f"!(self.lowerAscii() in {_one_of(RESERVED_SLOTS)})",
            "'`' + self + '` is reserved for users in no slot; choose another name, such as slot-1'",
        ),
    ),
}
