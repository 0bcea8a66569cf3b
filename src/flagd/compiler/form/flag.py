"""Flag: a manifest's flag in the evaluation format.

Segments stand in Amplitude's order (flag-semantics 4 and ruling 1): testers, prerequisites, sticky
bucketing, target segments, All Other Users.
"""

from __future__ import annotations

from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any

from flagd.compiler.form.alternatives import MOST_CONDITIONS, size
from flagd.compiler.form.condition import comparison
from flagd.compiler.form.local import check_local
from flagd.compiler.form.prerequisite import parents, unmet_prerequisites
from flagd.compiler.form.rollout import EVERYBODY, bucket, compile_rollout, effective_thousandths
from flagd.compiler.form.segment import compile_match
from flagd.compiler.form.testers import inclusions
from flagd.compiler.form.weights import shares
from flagd.manifest.kinds.flag import Rollout
from flagd.ruleset.forms.client_ruleset import DEFAULT
from flagd.ruleset.metadata.full_rollout import with_full_rollout
from flagd.value_type import VALUE_TYPE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.compiler.findings import Findings
    from flagd.compiler.form.bucketing import Bucketed
    from flagd.compiler.scope import Scope
    from flagd.manifest.kinds import Flag
    from flagd.manifest.kinds.flag import FlagSpec, Variant
    from flagd.ruleset.flag import EvaluationFlag, EvaluationSegment, EvaluationVariant

OFF: EvaluationVariant = {"key": "off", "metadata": {"default": True}}
STICKY = {"segmentName": "sticky-bucketing"}
REST = {"segmentName": "All Other Users"}
NOBODY = Rollout(percent=0)


def compile_flag(flag: Flag, by: Bucketed, scope: Scope, findings: Findings) -> EvaluationFlag:
    """Return the compiled form of `flag`; it is to be used only if nothing is broken in `findings`."""
    spec = flag.spec
    compiled: EvaluationFlag = {
        "key": intern(flag.key),
        "variants": _variants(spec, scope.once(spec.variants, _with_off)),
        "segments": _segments(flag, by, scope, findings),
        "metadata": _metadata(flag),
    }
    if spec.active and (dependencies := parents(spec)):
        compiled["dependencies"] = dependencies
    return compiled


def answers(flag: Flag) -> EvaluationFlag:
    """Return what `flag` can answer, without who gets it."""
    return {
        "key": flag.key,
        "variants": _variants(flag.spec, _with_off(flag.spec.variants)),
        "segments": [],
        "metadata": _metadata(flag),
    }


def _segments(flag: Flag, by: Bucketed, scope: Scope, findings: Findings) -> list[EvaluationSegment]:
    spec = flag.spec
    testers = _testers(spec, scope, findings)
    unmet = unmet_prerequisites(spec, scope, findings)
    targets = _targets(spec, by, scope, findings)
    if not spec.active:
        return [*testers, DEFAULT] if spec.testing else [DEFAULT]
    return [*testers, *unmet, *_sticky(flag), *targets]


def _testers(spec: FlagSpec, scope: Scope, findings: Findings) -> list[EvaluationSegment]:
    found = inclusions(spec.off_testers, "off", "spec.offTesters", scope, findings)
    for index, variant in enumerate(spec.variants):
        if variant.testers is not None:
            found += inclusions(
                variant.testers, intern(variant.key), f"spec.variants[{index}].testers", scope, findings
            )
    return found


def _sticky(flag: Flag) -> list[EvaluationSegment]:
    if not flag.spec.sticky:
        return []
    selector = ("context", "user", "user_properties", f"[Experiment] {flag.key}")
    return [
        {
            "conditions": [[comparison(selector, "is", [variant.key])]],
            "metadata": STICKY,
            "variant": intern(variant.key),
        }
        for variant in flag.spec.variants
    ]


def _targets(spec: FlagSpec, by: Bucketed, scope: Scope, findings: Findings) -> list[EvaluationSegment]:
    variants = [intern(variant.key) for variant in spec.variants]
    found: list[EvaluationSegment] = []
    conditions = 0
    for index, target in enumerate(spec.segments):
        path = f"spec.segments[{index}]"
        alternatives = compile_match(target, path, scope, findings)
        conditions += size(alternatives)
        if conditions > MOST_CONDITIONS:
            findings.error("TooManyAlternatives", f"the flag has more than {MOST_CONDITIONS:,} conditions", path)
            break
        if spec.evaluation_mode == "Local":
            check_local(alternatives, path, findings)
        segment = _rollout(target.rollout, variants, by, target.name)
        segment["conditions"] = alternatives
        found.append(segment)
    return [*found, _rollout(spec.all_other_users or NOBODY, variants, by, REST["segmentName"])]


def _rollout(rollout: Rollout, variants: Sequence[str], by: Bucketed, name: str) -> EvaluationSegment:
    """Return the segment called `name` for `rollout`."""
    split = shares(variants, rollout.weights)
    segment = compile_rollout(effective_thousandths(rollout), split, by)
    nobody = segment.get("variant") == "off" and "bucket" not in segment
    metadata = _named(name)
    segment["metadata"] = with_full_rollout(metadata, bucket(EVERYBODY, split, by)) if nobody else metadata
    return segment


def _variants(spec: FlagSpec, compiled: dict[str, EvaluationVariant]) -> dict[str, EvaluationVariant]:
    if spec.off_payload is None:
        return compiled
    return {**compiled, "off": {"key": "off", "payload": spec.off_payload, "metadata": {"default": True}}}


def _with_off(variants: Sequence[Variant]) -> dict[str, EvaluationVariant]:
    compiled: dict[str, EvaluationVariant] = {"off": OFF}
    for variant in variants:
        key = intern(variant.key)
        compiled[key] = _variant(key, variant)
    return compiled


def _variant(key: str, variant: Variant) -> EvaluationVariant:
    value = key if variant.value is None else variant.value
    if variant.payload is None:
        return _plain_variant(key, value)
    return {"key": key, "value": value, "payload": variant.payload}


@lru_cache(maxsize=1024)
def _plain_variant(key: str, value: str) -> EvaluationVariant:
    return {"key": key, "value": value}


@lru_cache(maxsize=1024)
def _named(segment: str) -> dict[str, str]:
    return {"segmentName": segment}


def _metadata(flag: Flag) -> dict[str, Any]:
    spec = flag.spec
    plain = _plain_metadata(spec.evaluation_mode, spec.type, flag.metadata.generation)
    if spec.tracking is None and spec.value_type is None:
        return {**spec.metadata, **plain} if spec.metadata else plain
    metadata = {**spec.metadata, **plain}
    if spec.value_type is not None:
        metadata[VALUE_TYPE] = spec.value_type
    if spec.tracking is None:
        return metadata
    if spec.tracking.experiment_key is not None:
        metadata["experimentKey"] = spec.tracking.experiment_key
    if not spec.tracking.exposure:
        metadata["trackExposure"] = False
    return metadata


@lru_cache(maxsize=1024)
def _plain_metadata(mode: str, flag_type: str, generation: int) -> dict[str, Any]:
    return {
        "deployed": True,
        "evaluationMode": "local" if mode == "Local" else "remote",
        "flagType": "experiment" if flag_type == "Experiment" else "release",
        "flagVersion": generation,
    }
