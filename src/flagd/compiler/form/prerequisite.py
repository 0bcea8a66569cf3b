"""Prerequisite: what other flags and groups must say before a flag's own targeting applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.form.condition import comparison
from flagd.compiler.scope import FlagFace

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.compiler.findings import Findings
    from flagd.compiler.form.alternatives import Alternatives
    from flagd.compiler.scope import Scope
    from flagd.manifest.kinds.flag import FlagSpec, Membership, Prerequisite
    from flagd.ruleset.flag import EvaluationCondition, EvaluationFlag, EvaluationSegment

DEPENDENCIES = {"segmentName": "flag-dependencies"}


def unmet_prerequisites(spec: FlagSpec, scope: Scope, findings: Findings) -> list[EvaluationSegment]:
    """Return the segment that gives ``off`` while a prerequisite or a group membership is not met.

    A parent without a result is read as null, and `is not` holds for null: not met, even where
    ``off`` would do.
    """
    unmet: Alternatives = []
    if spec.prerequisites is not None:
        conditions = [
            _prerequisite(each, f"spec.prerequisites.flags[{index}]", spec, scope, findings)
            for index, each in enumerate(spec.prerequisites.flags)
        ]
        unmet += [conditions] if spec.prerequisites.match == "Any" else [[condition] for condition in conditions]
    for index, membership in enumerate(spec.member_of):
        unmet.append([_membership(membership, f"spec.memberOf[{index}]", scope, findings)])
    if not unmet:
        return []
    return [{"conditions": unmet, "metadata": DEPENDENCIES, "variant": "off"}]


def unmeetable(flag: EvaluationFlag, variants: Callable[[str], frozenset[str]]) -> list[str]:
    """Return the keys of the parents by which `flag` is off for everybody but its testers; none if it is not.

    `variants` says what a parent can answer now: a form that was compiled before may ask for more.
    """
    for segment in flag["segments"]:
        if segment.get("metadata") != DEPENDENCIES:
            continue
        for every in segment.get("conditions", ()):
            if all(variants(each["selector"][1]).isdisjoint(each["values"]) for each in every):
                return [each["selector"][1] for each in every]
    return []


def parents(spec: FlagSpec) -> list[str]:
    """Return the keys that the flag depends on, in declared order."""
    if spec.prerequisites is None and not spec.member_of:
        return []
    prerequisites = spec.prerequisites.flags if spec.prerequisites is not None else []
    keys = [each.key for each in prerequisites] + [each.group for each in spec.member_of]
    return list(dict.fromkeys(keys))


def _prerequisite(
    each: Prerequisite, path: str, spec: FlagSpec, scope: Scope, findings: Findings
) -> EvaluationCondition:
    parent = scope.flag(each.key)
    if not isinstance(parent, FlagFace):
        findings.unusable("flag", each.key, f"{path}.key", missing=parent is None)
    else:
        for index, variant in enumerate(each.variants):
            if variant not in parent.variants:
                known = ", ".join(sorted(parent.variants))
                findings.error(
                    "UnknownVariant",
                    f"flag {each.key!r} has no variant {variant!r}; it has {known}",
                    f"{path}.variants[{index}]",
                )
        if spec.evaluation_mode == "Local" and not parent.local:
            findings.error(
                "PrerequisiteNotLocal",
                f"a Local flag can only depend on Local flags; {each.key!r} is Remote",
                f"{path}.key",
            )
    return comparison(("result", each.key, "key"), "is not", each.variants)


def _membership(each: Membership, path: str, scope: Scope, findings: Findings) -> EvaluationCondition:
    group = scope.flag(each.group)
    wanted = "on" if each.slot is None else each.slot
    if not isinstance(group, FlagFace):
        findings.unusable("FlagGroup", each.group, f"{path}.group", missing=group is None)
    elif group.group is None:
        findings.error("ReferenceMissing", f"{each.group!r} is a flag, not a FlagGroup", f"{path}.group")
    elif group.group == "Holdout":
        if each.slot is not None:
            findings.error("InvalidSlot", f"{each.group!r} is a Holdout, which has no slots", f"{path}.slot")
    else:
        _check_slot(each, group, path, findings)
    return comparison(("result", each.group, "key"), "is not", [wanted])


def _check_slot(each: Membership, group: FlagFace, path: str, findings: Findings) -> None:
    slots = group.variants - {"off", "unallocated"}
    if each.slot not in slots:
        found = "no slot is named" if each.slot is None else f"there is no slot {each.slot!r}"
        findings.error(
            "InvalidSlot", f"{found} of group {each.group!r}; it has {', '.join(sorted(slots))}", f"{path}.slot"
        )
