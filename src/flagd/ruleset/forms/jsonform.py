"""JSON form: the parts of a ruleset as plain JSON, and back with a check of every shape.

What is read comes from a disk or from a peer: it is checked as far as the rest of the code relies on
it, and refused with the place of the fault.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flagd.ruleset.cohort import Cohort
from flagd.ruleset.deployment import Deployment
from flagd.ruleset.hashed_ids import HashedIds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.flag import EvaluationFlag

T = TypeVar("T")
_KEY_HASH = re.compile("sha256:[0-9a-f]{64}")


class RulesetError(ValueError):
    """This is not a ruleset, or not the one it says it is. The text says where and why."""


def flags_from_json(value: object) -> dict[str, EvaluationFlag]:
    """Return the flags in the list `value` by key."""
    flags: dict[str, EvaluationFlag] = {}
    for index, flag in enumerate(checked(value, list, "flags")):
        place = f"flags[{index}]"
        key = checked(checked(flag, dict, place).get("key"), str, f"{place}.key")
        _check_flag(flag, place)
        if key in flags:
            raise RulesetError(f"{place}.key is a second {key!r}")
        flags[key] = cast("EvaluationFlag", flag)
    return flags


def cohort_to_json(cohort: Cohort) -> dict[str, Any]:
    """Return `cohort` with its members in order."""
    if isinstance(cohort.members, HashedIds):
        return {
            "unit": cohort.unit,
            "asOf": cohort.as_of,
            "hashes": b64encode(cohort.members.to_bytes()).decode(),
        }
    return {"unit": cohort.unit, "members": sorted(cohort.members)}


def cohorts_from_json(value: object) -> dict[str, Cohort]:
    """Return the cohorts in the object `value`."""
    return {name: _cohort(each, place) for name, place, each in _objects(value, "cohorts")}


def deployment_to_json(deployment: Deployment) -> dict[str, Any]:
    """Return `deployment` with its hashes in order."""
    return {"type": deployment.type, "keyHashes": sorted(deployment.key_hashes)}


def deployments_from_json(value: object) -> dict[str, Deployment]:
    """Return the deployments in the object `value`."""
    deployments = {}
    for name, place, each in _objects(value, "deployments"):
        if each.get("type") not in ("Client", "Server"):
            raise RulesetError(f"{place}.type is neither Client nor Server")
        hashes = _texts(each.get("keyHashes"), f"{place}.keyHashes")
        if not all(map(_KEY_HASH.fullmatch, hashes)):
            raise RulesetError(f"{place}.keyHashes are not all sha256:<64 hexadecimal digits>")
        deployments[name] = Deployment(each["type"], hashes)
    return deployments


def visibility_to_json(visibility: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    """Return the deployments that see a flag, in order, by flag."""
    return {key: sorted(names) for key, names in visibility.items()}


def visibility_from_json(value: object) -> dict[str, frozenset[str]]:
    """Return who sees the flags named in the object `value`."""
    pairs = checked(value, dict, "visibility").items()
    return {key: _texts(names, f"visibility.{key}") for key, names in pairs}


def checked(value: object, kind: type[T], place: str) -> T:
    """Return `value`, which must be of type `kind`; raise RulesetError naming `place` if it is not."""
    if not isinstance(value, kind):
        raise RulesetError(f"{place} is {type(value).__name__}, not {kind.__name__}")
    return value


def _objects(value: object, place: str) -> list[tuple[str, str, dict[str, Any]]]:
    pairs = checked(value, dict, place).items()
    return [(name, f"{place}.{name}", checked(each, dict, f"{place}.{name}")) for name, each in pairs]


def _cohort(value: dict[str, Any], place: str) -> Cohort:
    unit = checked(value.get("unit"), str, f"{place}.unit")
    if "hashes" not in value:
        return Cohort(unit, _texts(value.get("members"), f"{place}.members"))
    text = checked(value["hashes"], str, f"{place}.hashes")
    try:
        ids = HashedIds.from_bytes(b64decode(text, validate=True))
    except ValueError as error:
        raise RulesetError(f"{place}.hashes: {error}") from error
    return Cohort(unit, ids, checked(value.get("asOf"), int, f"{place}.asOf"))


def _texts(value: object, place: str) -> frozenset[str]:
    texts = checked(value, list, place)
    for index, text in enumerate(texts):
        checked(text, str, f"{place}[{index}]")
    return frozenset(texts)


def _check_flag(flag: dict[str, Any], place: str) -> None:
    variants = checked(flag.get("variants"), dict, f"{place}.variants")
    for key, variant in variants.items():
        checked(variant, dict, f"{place}.variants.{key}")
    for index, segment in enumerate(checked(flag.get("segments"), list, f"{place}.segments")):
        checked(segment, dict, f"{place}.segments[{index}]")
    checked(flag.get("metadata", {}), dict, f"{place}.metadata")
    _texts(flag.get("dependencies", []), f"{place}.dependencies")
