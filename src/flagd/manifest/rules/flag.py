"""Rules for flags."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Severity
from flagd.manifest.finding import Finding
from flagd.manifest.model import RESERVED_METADATA, RESERVED_SEGMENT_NAMES
from flagd.manifest.rules.bucketing import check_bucketing
from flagd.manifest.rules.condition import check_audience
from flagd.manifest.rules.doubt import serves_nobody
from flagd.manifest.rules.payload import check_payload, check_sizes
from flagd.manifest.rules.ramp import check_ramp
from flagd.manifest.rules.repetition import repeated
from flagd.manifest.rules.testers import check_testers
from flagd.manifest.rules.value_type import check_value_type
from flagd.manifest.shown import shown
from flagd.nearest import nearest
from flagd.value_type import VALUE_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagd.manifest.kinds.flag import FlagSpec, Rollout
    from flagd.manifest.path import FieldPath

_SPEC: FieldPath = ("spec",)


def check_flag(spec: FlagSpec) -> Iterator[Finding]:
    """Yield what is wrong with a flag."""
    yield from _identity(spec)
    yield from check_bucketing(spec.bucketing, (*_SPEC, "bucketing"))
    yield from _variants(spec)
    yield from check_value_type(spec)
    yield from check_testers(spec.off_testers, (*_SPEC, "offTesters"))
    yield from _metadata(spec.metadata)
    yield from _links(spec)
    yield from _segments(spec)
    yield from check_ramp(spec.ramp, [segment.name for segment in spec.segments], (*_SPEC, "ramp"))
    yield from serves_nobody(spec)
    if spec.all_other_users is not None:
        yield from _rollout(spec.all_other_users, spec, (*_SPEC, "allOtherUsers"))


def _identity(spec: FlagSpec) -> Iterator[Finding]:
    size = len((spec.key or "").encode("utf-8", "surrogatepass"))
    if size > 256:
        yield Finding((*_SPEC, "key"), "LimitExceeded", f"takes {size} bytes; callers can ask for at most 256")
    if spec.expires is not None:
        try:
            date.fromisoformat(spec.expires)
        except ValueError:
            text = f'{shown(spec.expires)} is not a day of the calendar; write a date such as "2027-03-01"'
            yield Finding((*_SPEC, "expires"), "InvalidForm", text)
    yield from repeated(spec.deployments, (*_SPEC, "deployments"))


def _variants(spec: FlagSpec) -> Iterator[Finding]:
    path = (*_SPEC, "variants")
    yield from repeated([variant.key for variant in spec.variants], path, "key")
    for index, variant in enumerate(spec.variants):
        if variant.key.lower() == "off":
            text = f"{shown(variant.key)} is reserved: every flag has a variant off already; choose another key"
            yield Finding((*path, index, "key"), "ReservedName", text)
        yield from check_payload(variant.payload, (*path, index, "payload"))
        yield from check_testers(variant.testers, (*path, index, "testers"))
    yield from check_payload(spec.off_payload, (*_SPEC, "offPayload"))
    payloads = [((*path, index, "payload"), variant.payload) for index, variant in enumerate(spec.variants)]
    yield from check_sizes([*payloads, ((*_SPEC, "offPayload"), spec.off_payload)])


def _metadata(metadata: Mapping[str, object]) -> Iterator[Finding]:
    for key in metadata:
        path = (*_SPEC, "metadata", key)
        if key in RESERVED_METADATA:
            yield Finding(path, "ReservedName", f"{shown(key)} is a key that Amplitude sets itself; choose another one")
        if key == VALUE_TYPE:
            yield Finding(path, "ReservedName", "`valueType` is set by the field spec.valueType; write the type there")
        yield from check_payload(metadata[key], path)


def _links(spec: FlagSpec) -> Iterator[Finding]:
    if spec.prerequisites is not None:
        path = (*_SPEC, "prerequisites", "flags")
        yield from repeated([flag.key for flag in spec.prerequisites.flags], path, "key")
        for index, flag in enumerate(spec.prerequisites.flags):
            yield from repeated(flag.variants, (*path, index, "variants"))
    yield from repeated([member.group for member in spec.member_of], (*_SPEC, "memberOf"), "group")


def _segments(spec: FlagSpec) -> Iterator[Finding]:
    path = (*_SPEC, "segments")
    for same in repeated([segment.name for segment in spec.segments], path, "name"):
        yield replace(same, severity=Severity.WARNING)
    for index, segment in enumerate(spec.segments):
        at = (*path, index)
        if segment.name in RESERVED_SEGMENT_NAMES:
            text = f"{shown(segment.name)} is reserved for what the compiler adds; choose another name"
            yield Finding((*at, "name"), "ReservedName", text)
        yield from check_audience(segment, at)
        yield from repeated(segment.segment_refs, (*at, "segmentRefs"))
        yield from _rollout(segment.rollout, spec, (*at, "rollout"))


def _rollout(rollout: Rollout, spec: FlagSpec, path: FieldPath) -> Iterator[Finding]:
    weights = rollout.weights
    if weights is None:
        return
    known = [variant.key for variant in spec.variants]
    for key in weights:
        if key not in known:
            yield Finding((*path, "weights", key), "UnknownVariant", _unknown_variant(key, known))
    if not any(weights.values()):
        text = "gives no variant any weight; leave weights out for an even split, or percent 0 for nobody"
        yield Finding((*path, "weights"), "AllZero", text)


def _unknown_variant(key: str, known: list[str]) -> str:
    if key.lower() == "off":
        return f"{shown(key)} takes no weight: who is outside percent gets it"
    if key in ("true", "false"):
        words = "on, yes or true" if key == "true" else "off, no or false"
        return f'no variant {shown(key)}; an unquoted {words} arrives as "{key}": quote it'
    near = nearest(key, known)
    return f"no variant {shown(key)}" + (f", did you mean `{near}`?" if near else f"; known: {', '.join(known)}")
