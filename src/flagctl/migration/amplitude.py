"""Amplitude: flags as Amplitude's management API exports them, as manifests.

The shape is that of ``GET /api/1/flags`` and ``/api/1/experiments`` (amplitude.com/docs/apis/experiment). Testers are
not part of it; who adds them does so as ``inclusions``, ids by variant.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Any

from flagctl.migration.amplitude_segment import attribute_of, segment
from flagctl.migration.foreign import Foreign
from flagctl.migration.imported import ForeignError, Imported, Loss, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SOURCE = "Amplitude"
_EXPERIMENT = ("experimentType", "state", "decision")
_TARGETING = ("rolloutPercentage", "rolloutWeights", "targetSegments", "parentDependencies", "variants")
_BUCKETING = ("bucketingKey", "bucketingSalt", "bucketingUnit", "bucketingGroupType", "stickyBucketing")
_TESTERS = ("inclusions", "cohortInclusions", "testing")
_CARRIED = frozenset(("key", "name", "description", "enabled", "evaluationMode", *_TARGETING, *_BUCKETING, *_TESTERS))
_HISTORY = ("createdAt", "createdBy", "lastModifiedAt", "lastModifiedBy", "deleted")
_MEANINGLESS = frozenset(("id", "projectId", "experimentType", "state", *_HISTORY))
"""What another system has no use for."""
_ADVICE = {"deployments": "write a FlagDeployment for each, and list them under deployments"}


def from_amplitude(document: object) -> list[Imported]:
    """Return the flags of an export: one page of the API, a list of flags, or a single one; archived ones left out.

    Raises:
        ForeignError: it is no such export.
    """
    flags = [each for each in _flags(document) if not each.truth("deleted")]
    keys = {str(each.data["id"]): each.text("key") for each in flags if "id" in each.data}
    return named(_imported(each, keys) for each in flags)


def _flags(document: object) -> list[Foreign]:
    if isinstance(document, dict):
        pages = [document[name] for name in ("flags", "experiments") if isinstance(document.get(name), list)]
        listed = [each for page in pages for each in page] if pages else [document]
    elif isinstance(document, list):
        listed = document
    else:
        raise ForeignError("the file holds neither flags nor a list of them")
    found = [Foreign(f"flag {at + 1}", each) for at, each in enumerate(listed)]
    for each in found:
        if not each.text("key"):
            raise ForeignError(f'{each.where} has no "key"; what is read is what the management API exports')
        each.where = f"flag {each.text('key')}"
    return found


def _imported(flag: Foreign, keys: Mapping[str, str]) -> Imported:
    losses: list[Loss] = []
    variants = [each.text("key") for each in flag.objects("variants")]
    spec: dict[str, Any] = {
        **_about(flag),
        "active": flag.truth("enabled"),
        **_testing(flag),
        "evaluationMode": "Local" if flag.text("evaluationMode") == "local" else "Remote",
        "bucketing": _bucketing(flag, losses),
        "variants": [_variant(each, flag, losses) for each in flag.objects("variants")],
    }
    if off := _testers(flag, "off"):
        spec["offTesters"] = off
    if parents := _prerequisites(flag, keys, losses):
        spec["prerequisites"] = parents
    if flag.truth("stickyBucketing"):
        spec["sticky"] = True
    if segments := [found for each in flag.objects("targetSegments") if (found := _segment(each, flag, losses))]:
        spec["segments"] = segments
    spec["allOtherUsers"] = rollout(flag, "rolloutPercentage", losses, variants)
    losses += _rest(flag)
    return Imported(flag.text("key"), spec, tuple(losses), _SOURCE)


def _about(flag: Foreign) -> dict[str, Any]:
    about = {"displayName": flag.text("name"), "description": flag.text("description")}
    kind = {"type": "Experiment"} if any(name in flag.data for name in _EXPERIMENT) else {}
    return {name: text for name, text in about.items() if text and text != flag.text("key")} | kind


def _testing(flag: Foreign) -> dict[str, Any]:
    """Return whether testers are served while the flag is inactive, which Amplitude does on request only."""
    asked = bool(flag.mapping("inclusions") or flag.mapping("cohortInclusions")) and not flag.truth("testing")
    return {"testing": False} if asked else {}


def _bucketing(flag: Foreign, losses: list[Loss]) -> dict[str, Any]:
    salt, unit = flag.text("bucketingSalt"), flag.text("bucketingGroupType") or flag.text("bucketingUnit")
    if not salt:
        losses.append(Loss("no bucketingSalt is given, so every user gets another bucket", _splits(flag)))
    salted = {"salt": salt} if salt else {}
    if unit not in {"", "User"}:
        return {"unit": unit, **salted}
    key = flag.text("bucketingKey")
    attribute = attribute_of(key) if key else None
    if attribute is None:
        text = (
            f"{key or 'amplitude_id'} is known to Amplitude alone: bucketed by user.user_id, users get another bucket"
        )
        losses.append(Loss(text, _splits(flag)))
        return salted
    return salted if attribute == "user.user_id" else {"key": attribute, **salted}


def _splits(flag: Foreign) -> bool:
    """Return whether the bucket matters to anybody: not where everybody or nobody gets the one variant."""
    rollouts = [("rolloutPercentage", flag), *(("percentage", each) for each in flag.objects("targetSegments"))]
    return any(0 < each.number(name) < 100 or (each.number(name) and _shared(flag, each)) for name, each in rollouts)


def _shared(flag: Foreign, each: Foreign) -> bool:
    weights = {name: weight for name, weight in each.mapping("rolloutWeights").items() if weight}
    return len(weights or flag.entries("variants")) > 1


def _variant(variant: Foreign, flag: Foreign, losses: list[Loss]) -> dict[str, Any]:
    key = variant.text("key")
    if key.lower() == "off":
        losses.append(
            Loss(f'the variant "{key}": every flag has a variant off here, and nobody is asked into it', True)
        )
    texts = {name: variant.text(name) for name in ("name", "description", "value")}
    payload = variant.data.get("payload")
    return {
        "key": key,
        **{name: text for name, text in texts.items() if text and text != key},
        **({} if payload in (None, {}) else {"payload": payload}),
        **({"testers": testers} if (testers := _testers(flag, key)) else {}),
    }


def _testers(flag: Foreign, variant: str) -> dict[str, Any]:
    """Return who is held on `variant`: Amplitude takes an id for that of a user and of a device alike."""
    ids = [str(each) for each in Foreign(flag.where, flag.mapping("inclusions")).entries(variant)]
    return {"userIds": ids, "deviceIds": ids} if ids else {}


def _prerequisites(flag: Foreign, keys: Mapping[str, str], losses: list[Loss]) -> dict[str, Any]:
    wanted = Foreign(f"{flag.where}: parentDependencies", flag.mapping("parentDependencies"))
    parents = wanted.mapping("flags")
    found = [{"key": keys[name], "variants": [*map(str, values)]} for name, values in parents.items() if name in keys]
    absent = [name for name in parents if name not in keys]
    losses += [Loss(f"the prerequisite of the flag {name}, which is not in the export", True) for name in absent]
    if not found:
        return {}
    return {**({"match": "Any"} if wanted.text("operator") == "any" else {}), "flags": found}


def _segment(target: Foreign, flag: Foreign, losses: list[Loss]) -> dict[str, Any] | None:
    key = target.text("bucketingKey")
    if key and key != flag.text("bucketingKey"):
        losses.append(Loss(f"segment {target.text('name')} is bucketed by {key}, and a flag by one key here", True))
    variants = [each.text("key") for each in flag.objects("variants")]
    return segment(target, rollout(target, "percentage", losses, variants), losses)


def rollout(each: Foreign, field: str, losses: list[Loss], variants: Sequence[str]) -> dict[str, Any]:
    """Return a rollout: whole percents, which is what Amplitude serves; weights that are all 0 are even there."""
    percent = each.number(field)
    if percent != floor(percent):
        text = f"{field} {percent:g} is {floor(percent)} here, as it is in Amplitude's engines: they drop the fraction"
        losses.append(Loss(text))
    weights = each.mapping("rolloutWeights")
    unknown = [name for name in weights if name not in variants]
    losses += [Loss(f"the weight of {name}, which is no variant", bool(weights.pop(name))) for name in unknown]
    uneven = len({weights.get(name, 0) for name in variants}) > 1
    return {"percent": floor(percent), **({"weights": weights} if uneven and any(weights.values()) else {})}


def _rest(flag: Foreign) -> Iterator[Loss]:
    for variant, names in flag.mapping("cohortInclusions").items():
        if names:
            listed = ", ".join(map(str, names)) if isinstance(names, list) else names
            yield Loss(
                f"the cohorts held on {variant} ({listed}): write a FlagCohort for each, and list it under testers",
                True,
            )
    for name, value in flag.data.items():
        if name not in _CARRIED | _MEANINGLESS and value not in (None, "", [], {}, False):
            advice = f": {_ADVICE[name]}" if name in _ADVICE else ""
            yield Loss(f"{name} {value}{advice}")
