"""ClientRuleset: the rulesets that clients get who evaluate in process: what their key opens, and no more.

A flag that the key does not open, but one that it opens depends on, is delivered as not deployed, as
groups are: it is evaluated and never answered. Hashes of keys are not delivered, nor who sees what,
nor cohorts that no delivered flag needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import eq
from typing import TYPE_CHECKING, Any, Literal

from flagd.ruleset.change import Change
from flagd.ruleset.flag import named_cohorts, needs_every_cohort
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.ruleset.persistent import ABSENT, Absent, PersistentMap, difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.cohort import Cohort
    from flagd.ruleset.flag import EvaluationFlag, EvaluationSegment
    from flagd.ruleset.ruleset import Ruleset

DEFAULT: EvaluationSegment = {"metadata": {"segmentName": "default"}, "variant": "off"}
"""The segment of a flag that is off for everybody."""


def deliver_local(flag: EvaluationFlag) -> EvaluationFlag:
    """Return `flag` as local clients get it: itself if it is local, else the same flag, off for everybody.

    Source: flag-semantics 4, as Amplitude delivers remote flags to its local SDKs.
    """
    return flag if is_local(flag) else switched_off(flag)


def switched_off(flag: EvaluationFlag) -> EvaluationFlag:
    """Return `flag`, off for everybody and without dependencies."""
    delivered: EvaluationFlag = {"key": flag["key"], "variants": flag["variants"], "segments": [DEFAULT]}
    if "metadata" in flag:
        delivered["metadata"] = flag["metadata"]
    return delivered


_EVERY = "\0"
"""Among the ids of cohorts: all there are. No resource has this name."""


@dataclass(frozen=True, slots=True)
class ClientRuleset:
    """What is delivered of one revision to the holders of certain keys.

    Attributes:
        source: the revision that it was made of.
        opened: the flags that the keys open.
        parents: what a flag that is delivered as it is depends on, by its key; none = not in here.
        needed: keys that a flag in `opened` depends on, directly or through others.
        cohorts: ids of the cohorts that a delivered flag names, by its key; none = not in here.
        hashed: what is delivered; its revision is its own.
    """

    source: Ruleset
    opened: PersistentMap[str, Literal[True]]
    parents: PersistentMap[str, list[str]]
    needed: frozenset[str]
    cohorts: PersistentMap[str, frozenset[str]]
    hashed: HashedRuleset

    @classmethod
    def empty(cls, project: str) -> ClientRuleset:
        """Return what is delivered of a project that holds nothing."""
        hashed = HashedRuleset.empty(project)
        nothing: Any = PersistentMap()
        return cls(hashed.ruleset, nothing, nothing, frozenset(), nothing, hashed)


def deliver(
    ruleset: Ruleset,
    deployments: frozenset[str] | None,
    previous: ClientRuleset | None = None,
    *,
    local_only: bool = False,
) -> ClientRuleset:
    """Return what callers with keys of `deployments` get of `ruleset`; None = callers without a key, who see all.

    With `local_only`, flags of evaluation mode Remote are not seen, so that they are missing rather than off.
    Costs little more than what differs from `previous`, of the same project, deployments and `local_only`.
    """
    before = previous or ClientRuleset.empty(ruleset.project)
    touched = _touched(before.source, ruleset)
    opens = {key for key in touched if _opens(ruleset, key, deployments, local_only)}
    opened = before.opened.changed({key: True if key in opens else ABSENT for key in touched})
    parents = before.parents.changed({key: _parents(ruleset.flags.get(key)) or ABSENT for key in touched})
    needed = before.needed
    if any(_asks(key, before.opened, before.parents) != _asks(key, opened, parents) for key in touched):
        needed = _needed(opened, parents)
    forms: dict[str, EvaluationFlag | Absent] = {}
    for key in touched | (before.needed ^ needed):
        if key in ruleset.flags and (key in opened or key in needed):
            forms[key] = _form(ruleset.flags[key], key in opened)
        elif key in before.hashed.ruleset.flags:
            forms[key] = ABSENT
    cohorts = before.cohorts.changed({key: _cohorts(form) or ABSENT for key, form in forms.items()})
    change = Change(flags=forms, visibility={}, cohorts=_cohort_changes(before, ruleset, cohorts), deployments={})
    return ClientRuleset(ruleset, opened, parents, needed, cohorts, before.hashed.changed(change))


def _touched(before: Ruleset, after: Ruleset) -> set[str]:
    flags = difference(before.flags, after.flags, lambda _one, _other: False)
    return {*flags, *difference(before.visibility, after.visibility, eq)}


def _opens(ruleset: Ruleset, key: str, deployments: frozenset[str] | None, local_only: bool) -> bool:
    flag = ruleset.flags.get(key)
    if flag is None or not flag.get("metadata", {}).get("deployed", True) or (local_only and not is_local(flag)):
        return False
    return deployments is None or not deployments.isdisjoint(ruleset.visibility.get(key, ()))


def _parents(flag: EvaluationFlag | None) -> list[str]:
    # A flag that is delivered as off depends on nothing.
    return flag.get("dependencies", []) if flag is not None and is_local(flag) else []


def _asks(key: str, opened: Mapping[str, object], parents: Mapping[str, list[str]]) -> tuple[bool, list[str]] | None:
    """Return what a flag adds to what is needed; None = nothing."""
    return (key in opened, parents[key]) if key in parents else None


def _needed(opened: Mapping[str, object], parents: PersistentMap[str, list[str]]) -> frozenset[str]:
    asked = parents.as_dict()
    needed: set[str] = set()
    pending = [parent for key, wanted in asked.items() if key in opened for parent in wanted]
    while pending:
        key = pending.pop()
        if key not in needed:
            needed.add(key)
            pending += asked.get(key, ())
    return frozenset(needed)


def _cohort_changes(
    before: ClientRuleset, ruleset: Ruleset, cohorts: PersistentMap[str, frozenset[str]]
) -> dict[str, Cohort | Absent]:
    if cohorts is before.cohorts and ruleset.cohorts is before.source.cohorts:
        return {}
    named = frozenset[str]().union(*cohorts.as_dict().values())
    named = frozenset(ruleset.cohorts) if _EVERY in named else named & ruleset.cohorts.keys()
    return difference(before.hashed.ruleset.cohorts, {name: ruleset.cohorts[name] for name in named}, eq)


def is_local(flag: EvaluationFlag) -> bool:
    """Return whether local clients get `flag` as it is."""
    return flag.get("metadata", {}).get("evaluationMode") == "local"


def _form(flag: EvaluationFlag, seen: bool) -> EvaluationFlag:
    form = deliver_local(flag)
    if seen:
        return form
    hidden = form.copy()
    hidden["metadata"] = {**form.get("metadata", {}), "deployed": False}
    return hidden


def _cohorts(flag: EvaluationFlag | Absent) -> frozenset[str]:
    if isinstance(flag, Absent):
        return frozenset()
    named = named_cohorts(flag)
    return named | {_EVERY} if needs_every_cohort(flag) else named
