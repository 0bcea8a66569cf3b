"""flagd definition: flags as OpenFeature's flagd reads them, as manifests.

The shape is https://flagd.dev/schema/v0/flags.json; rules are JSONLogic, as far as `json_logic` can say them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.migration.foreign import Foreign
from flagctl.migration.imported import ForeignError, Imported, Loss, named
from flagctl.migration.json_logic import NOBODY, RuleError
from flagctl.migration.rule_list import decisions
from flagctl.migration.split import Split, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagctl.migration.json_logic import Alternatives
    from flagctl.migration.rule_list import Decision

_SOURCE = "flagd"
_OFF = "off"
_CARRIED = frozenset({"key", "state", "variants", "defaultVariant", "targeting", "metadata"})
_ALL: Alternatives = [[]]


def from_flagd(document: object) -> list[Imported]:
    """Return the flags of a definition, whose flags are a mapping by key or a list.

    Raises:
        ForeignError: it is no such definition.
    """
    whole = Foreign("the file", document)
    flags = whole.data.get("flags")
    if isinstance(flags, dict):
        listed = [
            Foreign(f"flag {key}", {**Foreign(f"flag {key}", flag).data, "key": key}) for key, flag in flags.items()
        ]
    elif isinstance(flags, list):
        listed = whole.objects("flags")
    else:
        raise ForeignError('the file has no "flags"; what is read is what flagd serves')
    shared = whole.mapping("$evaluators")
    return named(_imported(each, shared) for each in listed)


def _imported(flag: Foreign, shared: Mapping[str, Any]) -> Imported:
    key, variants = flag.text("key"), flag.mapping("variants")
    if not key:
        raise ForeignError(f'{flag.where} has no "key"')
    losses: list[Loss] = []
    rules, splits = _rules(flag, shared, losses)
    spec: dict[str, Any] = {"active": flag.text("state") != "DISABLED", **_values(variants)}
    if metadata := _metadata(flag, losses):
        spec["metadata"] = metadata
    if key_of := next((each.bucketed_by for each in splits if each.bucketed_by), None):
        spec["bucketing"] = {"key": key_of}
    *targets, rest = rules
    segments = [_segment(at + 1, each) for at, each in enumerate(targets)]
    spec |= {**({"segments": segments} if segments else {}), "allOtherUsers": rest[1].rollout}
    losses += [Loss(f"{name} {value}") for name, value in flag.data.items() if name not in _CARRIED and value]
    return Imported(key, spec, tuple(losses), _SOURCE)


def _rules(
    flag: Foreign, shared: Mapping[str, Any], losses: list[Loss]
) -> tuple[list[tuple[Alternatives, Split]], list[Split]]:
    """Return the decisions, of which the last is for everybody else, and the splits among them."""
    fallback = flag.data.get("defaultVariant")
    rule = flag.data.get("targeting")
    try:
        found = decisions(rule, shared) if rule else [(_ALL, None)]
        told = [
            (who, split(_leaf(leaf, fallback), [*flag.mapping("variants")])) for who, leaf in found if who != NOBODY
        ]
    except RuleError as error:
        losses.append(Loss(f"the targeting: {error}", True))
        return [(_ALL, split(None, []))], []
    splits = [each for _, each in told if each.is_split]
    if splits:
        losses.append(Loss("the buckets of fractional: flagd hashes otherwise, so users get other variants", True))
    if len({each.bucketed_by for each in splits}) > 1:
        losses.append(Loss("fractional by more than one attribute: a flag is bucketed by one here", True))
    losses += [Loss(each.remark) for each in splits if each.remark]
    if fallback is None and any(leaf is None for _, leaf in found) and _OFF in flag.mapping("variants"):
        losses.append(Loss('no defaultVariant: callers get the value of "off", not their own default', True))
    return told, splits


def _leaf(leaf: Decision, fallback: object) -> Decision:
    return fallback if leaf is None else leaf  # type: ignore[return-value]


def _segment(number: int, decision: tuple[Alternatives, Split]) -> dict[str, Any]:
    who, what = decision
    said = {"match": who[0]} if len(who) == 1 else {"anyOf": [{"match": group} for group in who]}
    return {"name": f"Rule {number}", **said, "rollout": what.rollout}


def _values(variants: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variants, the value of ``off`` and the type of all of them."""
    kinds = {_kind(value) for value in variants.values()}
    kind = "Float" if kinds == {"Integer", "Float"} else next(iter(kinds)) if len(kinds) == 1 else None
    rest = [_variant(name, value) for name, value in variants.items() if name != _OFF]
    return {
        **({"valueType": kind} if kind else {}),
        # Every flag has a variant at least; one with no other than "off" gives it to nobody.
        "variants": rest or [{"key": "unused", "payload": variants.get(_OFF)}],
        **({"offPayload": variants[_OFF]} if _OFF in variants else {}),
    }


def _variant(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401
    if isinstance(value, str):
        return {"key": name} if value == name else {"key": name, "value": value}
    return {"key": name, "payload": value}


def _kind(value: object) -> str:
    kinds = {bool: "Boolean", str: "String", int: "Integer", float: "Float"}
    return kinds.get(type(value), "JSON")


def _metadata(flag: Foreign, losses: list[Loss]) -> dict[str, Any]:
    given = flag.mapping("metadata")
    plain = {name: value for name, value in given.items() if isinstance(value, str | int | float)}
    losses += [Loss(f"metadata {name}") for name in given if name not in plain]
    return plain
