"""Key: what a project answers with for one key, whoever claims it and however broken that is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from flagd.compiler.edits.movement import warnings_of_movements
from flagd.compiler.edits.retyping import warnings_of_retyping
from flagd.compiler.findings import Findings
from flagd.compiler.form.bucketing import bucketed, check_rebucketing
from flagd.compiler.form.flag import compile_flag
from flagd.compiler.form.group import compile_group
from flagd.compiler.form.limit import limited, without_percents
from flagd.compiler.form.rise import with_starts
from flagd.compiler.graph.references import node_named, reference_path
from flagd.compiler.key_ownership import judge
from flagd.compiler.outcome import Form, Outcome
from flagd.compiler.scope import BROKEN, DeploymentFace, FlagFace
from flagd.manifest.kinds import Flag
from flagd.manifest.parts.ramp import plan_references
from flagd.manifest.path import format_path
from flagd.ruleset.forms.client_ruleset import DEFAULT
from flagd.ruleset.revision import hash_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.compiler.form.bucketing import Bucketed
    from flagd.compiler.graph.cycle import Cycle
    from flagd.compiler.scope import GroupType, Scope
    from flagd.manifest.diagnostic import Diagnostic, ResourceRef
    from flagd.manifest.kinds import FlagGroup
    from flagd.ruleset.flag import EvaluationFlag


def compile_key(
    key: str, claimants: Sequence[Flag | FlagGroup], cycle: Cycle | None, last: Form | None, scope: Scope
) -> Outcome:
    """Return the outcome for `key`, which `claimants` (one or more) want.

    With an error it is `last`, the form that was published before, if that came from the same resource.
    """
    winner, conflicts = judge(key, claimants)
    if winner is None:
        kept = next((last for each in claimants if _owns(each, last)), None)
        return _broken(conflicts, kept)
    if not _owns(winner, last):
        last = None
    findings = Findings(winner.ref)
    form = None
    if cycle is not None:
        findings.error("CycleDetected", f"flags depend on each other: {cycle.text}", reference_path(winner, cycle.next))
    else:
        form = _compile(winner, last, scope, findings)
    diagnostics = [*findings.diagnostics, *conflicts]
    if form is None or findings.broken:
        return _broken(diagnostics, last)
    return Outcome(form.face, tuple(diagnostics), form)


def _compile(winner: Flag | FlagGroup, last: Form | None, scope: Scope, findings: Findings) -> Form | None:
    by = bucketed(winner.spec.bucketing, winner.key)
    if last is not None and last.bucketing is not None and by != last.bucketing:
        check_rebucketing(winner, last.bucketing, by, findings)
    if isinstance(winner, Flag):
        flag, group = _risen(winner, by, scope, findings), None
        _check_deployments(winner, scope, findings)
        _check_plan(winner, scope, findings)
    else:
        flag, group = compile_group(winner, by, scope, findings), winner.spec.type
    if findings.broken:
        return None
    content = hash_json(flag)
    moved: Sequence[Diagnostic] = ()
    if last is not None and last.content == content:
        flag, moved = last.flag, last.moved
    elif last is not None:
        moved = warnings_of_movements(last.flag, flag, winner.ref)
        if not _is_inactive(last.flag) and not _is_inactive(flag):
            moved = [*moved, *warnings_of_retyping(last.flag, flag, winner.ref)]
    findings.diagnostics += moved
    local = flag["metadata"]["evaluationMode"] == "local"
    return Form(
        flag=flag,
        content=content,
        visibility=frozenset(winner.spec.deployments if isinstance(winner, Flag) else ()),
        owner=findings.resource,
        uid=winner.metadata.uid,
        bucketing=by,
        measured=_measured(winner, by, scope, findings.resource),
        moved=tuple(moved),
        face=_face(tuple(flag["variants"]), local, group),
    )


def _risen(winner: Flag, by: Bucketed, scope: Scope, findings: Findings) -> EvaluationFlag:
    rise = scope.rise(findings.resource)
    if rise is None:
        return compile_flag(winner, by, scope, findings)
    flag = limited(winner, rise.limits)
    return with_starts(compile_flag(flag, by, scope, findings), flag.spec, by, rise.starts)


@lru_cache(maxsize=1024)
def _face(variants: tuple[str, ...], local: bool, group: GroupType | None) -> FlagFace:
    return FlagFace(frozenset(variants), local, group)


def _is_inactive(flag: EvaluationFlag) -> bool:
    return flag["segments"][-1:] == [DEFAULT]


def _owns(resource: Flag | FlagGroup, form: Form | None) -> bool:
    return form is not None and form.belongs_to(resource.ref, resource.metadata.uid)


def _broken(diagnostics: Sequence[Diagnostic], last: Form | None) -> Outcome:
    if last is None:
        return Outcome(BROKEN, tuple(diagnostics))
    return Outcome(last.face, tuple(diagnostics), last, held=True)


def _check_deployments(flag: Flag, scope: Scope, findings: Findings) -> None:
    for index, name in enumerate(flag.spec.deployments):
        face = scope.deployment(name)
        if not isinstance(face, DeploymentFace):
            path = f"spec.deployments[{index}]"
            findings.unusable("FlagDeployment", name, path, missing=face is None, harmless=True)


def _check_plan(flag: Flag, scope: Scope, findings: Findings) -> None:
    if flag.spec.ramp is None:
        return
    for each in plan_references(flag.spec.ramp, ("spec", "ramp")):
        face = scope.look(node_named(each.kind, each.name))
        if face is None:
            findings.unusable(each.kind, each.name, format_path(each.path), missing=True, harmless=True)


def _measured(resource: Flag | FlagGroup, by: Bucketed, scope: Scope, ref: ResourceRef) -> bytes:
    if not isinstance(resource, Flag) or scope.rise(ref) is None:
        return b""
    return hash_json(compile_flag(without_percents(resource), by, scope, Findings(ref)))
