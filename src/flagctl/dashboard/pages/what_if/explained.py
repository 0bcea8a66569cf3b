"""Explained: why a user gets a variant, and what if a number were another: asked of the engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.dashboard.inventory.item import supplies_of
from flagctl.dashboard.pages.what_if.dial import DialError, dials_of, turned
from flagctl.evaluation.user import UserError, read_user
from flagctl.impact import report
from flagctl.impact.buckets import by_buckets
from flagctl.impact.impact import Basis
from flagctl.impact.question import Question, Ruleset
from flagctl.impact.result import Result
from flagd.compiler import compile_project
from flagd.compiler.form.rise import Rise
from flagd.compiler.graph.references import stand_ins
from flagd.engine import Engine, evaluation_context
from flagd.manifest import Severity, thousandths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.inventory.item import Item
    from flagctl.dashboard.pages.what_if.dial import DialGroup
    from flagd.compiler import Compiled, Unreadable
    from flagd.engine import Explanation
    from flagd.manifest import Resource

EXAMPLE = '{"user_id": "ann"}'


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a user gets, and why.

    Attributes:
        variant: key; empty where no segment decides.
        reason: why, in a word.
        text: line by line, as `flagctl explain` prints it.
        bucket: 0 to 99; None where nothing is hashed.
        threshold: the percentage that decides, text.
        admitted_from: smallest percentage that admits the user; empty where the ranges are not a rollout.
    """

    variant: str
    reason: str
    text: str
    bucket: int | None = None
    threshold: str = ""
    admitted_from: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """One question with its answer.

    Attributes:
        user: what was typed.
        groups: the dials as they were set.
        error: why there is no answer; empty where there is one.
        verdict: as the flag stands.
        what_if: with the dials as they are set; None where none was turned.
        moves: who moves by the dials, for each segment and pair of variants; empty where none was turned.
        moves_text: the same as `flagctl impact` prints it.
        notes: what the answer leaves out, a sentence each.
    """

    user: str
    groups: tuple[DialGroup, ...]
    error: str = ""
    verdict: Verdict | None = None
    what_if: Verdict | None = None
    moves: tuple[Mapping[str, Any], ...] = ()
    moves_text: str = ""
    notes: tuple[str, ...] = ()


def explained(item: Item, view: View, form: Mapping[str, str]) -> Explained:
    """Return why the user in `form` gets what of the flag `item`, and what they would get by its dials."""
    user, groups = form.get("user", EXAMPLE), dials_of(item, form)
    if "user" not in form:
        return Explained(user, groups)
    if not item.spec:
        return Explained(user, groups, f"its manifest cannot be read: {'; '.join(item.faults) or 'it has no spec'}")
    try:
        context = evaluation_context(read_user(user))
        other = turned(item, groups) if _is_turned(groups) else None
    except (UserError, DialError) as error:
        return Explained(user, groups, str(error))
    before = compiled(item, view)
    verdict = _verdict(before, item.key, context)
    if verdict is None:
        return Explained(user, groups, _why_not(before, item))
    notes = tuple(_notes(item, view))
    if other is None:
        return Explained(user, groups, verdict=verdict, notes=notes)
    after = compiled(other, view, as_it_stands=False)
    moves, text = _moves(before, after, item)
    return Explained(user, groups, "", verdict, _verdict(after, item.key, context), moves, text, notes)


def compiled(item: Item, view: View, *, as_it_stands: bool = True) -> Compiled:
    """Return `item` compiled with all that it needs; its ramp holds it back where it is to be `as_it_stands`."""
    items = [item if each.ref == item.ref else each for each in view.closure(item)]
    found = [each for each in items if not each.faults]
    resources = [each.resource for each in found if each.resource is not None]
    refused = {each.ref: each.key for each in items if each.faults or each.resource is None}
    rises = {
        each.ref: Rise(limits)
        for each in found
        if each.ref.kind == "Flag" and (each.ref != item.ref or as_it_stands) and (limits := _limits(each)) is not None
    }
    readable: list[Resource | Unreadable] = [*resources, *stand_ins(refused, resources)]
    return compile_project(readable, project=item.ref.namespace, rises=rises, supplies=supplies_of(items))


def _notes(item: Item, view: View) -> Iterator[str]:
    for each in view.closure(item):
        if each.spec.get("from") and each.supply is None:
            yield (
                f"Who is on the list of the cohort {each.key} is not known here: this is the answer for somebody who "
                f'is not. To ask as somebody who is, add "cohort_ids": ["{each.key}"] to the {_whose(each)}.'
            )


def _whose(cohort: Item) -> str:
    unit = str(cohort.spec.get("unit") or "User")
    return "user" if unit == "User" else f"group of type {unit}"


def _limits(item: Item) -> dict[str, int] | None:
    if not item.status.get("rollout"):
        return None
    allocations = (item.status.get("effective") or {}).get("allocations") or ()
    return {str(each["name"]): thousandths(each["percent"]) for each in allocations}


def _verdict(project: Compiled, key: str, context: Mapping[str, Any]) -> Verdict | None:
    explanation = Engine(project.ruleset.flags.values(), project.cohorts).explain(context, key)
    return None if explanation is None else _told(explanation)


def _told(explanation: Explanation) -> Verdict:
    variant = explanation.variant
    hashed = next((each.bucket for each in reversed(explanation.segments) if each.bucket is not None), None)
    text = "\n".join(explanation.lines())
    key, reason = ("", "") if variant is None else (variant.key, str(variant.reason))
    if hashed is None or hashed.value is None:
        return Verdict(key, reason, text)
    return Verdict(key, reason, text, hashed.allocation, hashed.rollout_percent, hashed.admitted_from_percent)


def _why_not(project: Compiled, item: Item) -> str:
    found = [each for each in project.diagnostics if each.severity is Severity.ERROR and each.resource == item.ref]
    told = [f"{each.path}: {each.message}" if each.path else each.message for each in found] or list(item.faults)
    return f"it does not compile: {'; '.join(told) or 'its status says why'}"


def _is_turned(groups: Sequence[DialGroup]) -> bool:
    return any(dial.turned for group in groups for dial in (group.percent, *group.weights))


def _moves(before: Compiled, after: Compiled, item: Item) -> tuple[tuple[Mapping[str, Any], ...], str]:
    question = Question(item.ref.namespace, _ruleset(before), _ruleset(after), [item.key])
    result = Result(Basis.BUCKETS, 0, by_buckets(question))
    flags: list[Mapping[str, Any]] = json.loads(report.as_json(result))["flags"]
    return tuple(move for flag in flags for move in flag["moves"]), report.text(result)


def _ruleset(project: Compiled) -> Ruleset:
    return Ruleset(list(project.ruleset.flags.values()), project.cohorts)
