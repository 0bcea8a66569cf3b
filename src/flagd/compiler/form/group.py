"""Group: a FlagGroup as the undeployed flag that its members depend on (flag-semantics 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.compiler.form.flag import OFF, REST
from flagd.compiler.form.rollout import EVERYBODY, compile_rollout
from flagd.compiler.form.testers import inclusions
from flagd.compiler.form.weights import shares

if TYPE_CHECKING:
    from flagd.compiler.findings import Findings
    from flagd.compiler.form.bucketing import Bucketed
    from flagd.compiler.form.weights import Shares
    from flagd.compiler.scope import Scope
    from flagd.manifest.kinds import FlagGroup
    from flagd.ruleset.flag import EvaluationFlag, EvaluationSegment, EvaluationVariant


def compile_group(group: FlagGroup, by: Bucketed, scope: Scope, findings: Findings) -> EvaluationFlag:
    """Return the compiled form of `group`; it is to be used only if nothing is broken in `findings`."""
    if group.spec.type == "MutualExclusion":
        return _mutual_exclusion(group, by)
    return _holdout(group, by, scope, findings)


def _mutual_exclusion(group: FlagGroup, by: Bucketed) -> EvaluationFlag:
    slots = group.spec.slots or []
    variants: dict[str, EvaluationVariant] = {slot.name: _variant(slot.name) for slot in slots}
    variants["unallocated"] = _variant("unallocated")
    return _flag(group, "mutual-exclusion-group", variants, [everybody(group, by)])


def _holdout(group: FlagGroup, by: Bucketed, scope: Scope, findings: Findings) -> EvaluationFlag:
    variants = {"holdout": _variant("holdout"), "on": _variant("on")}
    include, exclude = (
        (None, None) if group.spec.holdout is None else (group.spec.holdout.include, group.spec.holdout.exclude)
    )
    segments = [
        *inclusions(include, "holdout", "spec.holdout.include", scope, findings),
        *inclusions(exclude, "on", "spec.holdout.exclude", scope, findings),
        everybody(group, by),
    ]
    return _flag(group, "holdout-group", variants, segments)


def everybody(group: FlagGroup, by: Bucketed) -> EvaluationSegment:
    """Return how `group` splits all users but those it names."""
    segment = compile_rollout(EVERYBODY, _split(group), by)
    segment["metadata"] = REST
    return segment


def _split(group: FlagGroup) -> Shares:
    slots, holdout = group.spec.slots or [], group.spec.holdout
    if group.spec.type == "MutualExclusion":
        return shares([slot.name for slot in slots], {slot.name: slot.percent for slot in slots})
    return () if holdout is None else (("holdout", holdout.percent), ("on", 100 - holdout.percent))


def _variant(key: str) -> EvaluationVariant:
    return {"key": key, "value": key}


def _flag(
    group: FlagGroup, flag_type: str, variants: dict[str, EvaluationVariant], segments: list[EvaluationSegment]
) -> EvaluationFlag:
    # Groups are local: they need nothing but the context, and the local flags in them depend on them.
    metadata: dict[str, Any] = {
        "deployed": False,
        "evaluationMode": "local",
        "flagType": flag_type,
        "flagVersion": group.metadata.generation,
    }
    return {"key": group.key, "variants": {"off": OFF, **variants}, "segments": segments, "metadata": metadata}
