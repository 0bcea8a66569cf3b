"""Edit: what is said of a change from one manifest of a flag or group to the next, without the rest of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.edits.movement import GROUP_PATHS, REST, movements, path_in_flag
from flagd.compiler.edits.retyping import warnings_of_retyping
from flagd.compiler.findings import Findings
from flagd.compiler.form.bucketing import bucketed, check_rebucketing
from flagd.compiler.form.flag import answers
from flagd.compiler.form.group import everybody
from flagd.compiler.form.rollout import compile_rollout, effective_thousandths
from flagd.compiler.form.weights import shares
from flagd.manifest.kinds import FlagGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.compiler.form.bucketing import Bucketed
    from flagd.manifest.diagnostic import Diagnostic
    from flagd.manifest.kinds import Flag
    from flagd.manifest.kinds.flag import Rollout
    from flagd.ruleset.flag import EvaluationSegment


def refusals(before: Flag | FlagGroup, after: Flag | FlagGroup) -> list[Diagnostic]:
    """Return an error for each part of the bucketing that may not change from `before` to `after`."""
    findings = Findings(after.ref)
    check_rebucketing(after, _by(before), _by(after), findings)
    return findings.diagnostics


def moves(before: Flag | FlagGroup, after: Flag | FlagGroup) -> list[Diagnostic]:
    """Return a warning for every segment in which an edit from `before` to `after` moves users."""
    findings = Findings(after.ref)
    if _decides(before) and _decides(after):
        for movement in movements(_rollouts(before), _rollouts(after)):
            findings.warning("UsersMove", movement.text, _place(movement.segment, after))
    return findings.diagnostics


def retypes(before: Flag | FlagGroup, after: Flag | FlagGroup) -> list[Diagnostic]:
    """Return a warning for every variant that an edit from `before` to `after` gives another type."""
    if isinstance(before, FlagGroup) or isinstance(after, FlagGroup) or not (_decides(before) and _decides(after)):
        return []
    return warnings_of_retyping(answers(before), answers(after), after.ref)


def _place(segment: str, resource: Flag | FlagGroup) -> str:
    if isinstance(resource, FlagGroup):
        return GROUP_PATHS["holdout-group" if resource.spec.type == "Holdout" else "mutual-exclusion-group"]
    return path_in_flag(segment, [each.name for each in resource.spec.segments])


def _decides(resource: Flag | FlagGroup) -> bool:
    return isinstance(resource, FlagGroup) or resource.spec.active


def _rollouts(resource: Flag | FlagGroup) -> list[EvaluationSegment]:
    """Return who gets what in each segment of `resource`, whoever matches."""
    if isinstance(resource, FlagGroup):
        return [everybody(resource, _by(resource))]
    return _flag_rollouts(resource, _by(resource))


def _by(resource: Flag | FlagGroup) -> Bucketed:
    return bucketed(resource.spec.bucketing, resource.key)


def _flag_rollouts(flag: Flag, by: Bucketed) -> list[EvaluationSegment]:
    spec = flag.spec
    variants = [variant.key for variant in spec.variants]
    rollouts: Sequence[tuple[str, Rollout | None]] = [
        *((segment.name, segment.rollout) for segment in spec.segments),
        (REST, spec.all_other_users),
    ]
    compiled = []
    for name, rollout in rollouts:
        split = () if rollout is None else shares(variants, rollout.weights)
        segment = compile_rollout(effective_thousandths(rollout), split, by)
        segment["metadata"] = {"segmentName": name}
        compiled.append(segment)
    return compiled
