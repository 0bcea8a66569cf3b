"""ClientRuleset: the rulesets that clients get who evaluate in process: what their key opens, and no more.

A flag that the key does not open, but one that it opens depends on, is delivered as not deployed, as
groups are: it is evaluated and never answered. Hashes of keys are not delivered, nor who sees what,
nor cohorts that no delivered flag needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.ruleset.change import Change
from flagd.ruleset.flag import named_cohorts, needs_every_cohort
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.ruleset.order import evaluation_order
from flagd.ruleset.persistent import ABSENT, Absent, PersistentMap, difference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.ruleset.flag import EvaluationFlag, EvaluationSegment
    from flagd.ruleset.ruleset import Ruleset

DEFAULT: EvaluationSegment = {"metadata": {"segmentName": "default"}, "variant": "off"}
"""The segment of a flag that is off for everybody."""


def deliver_local(flag: EvaluationFlag) -> EvaluationFlag:
    """Return `flag` as local clients get it: itself if it is local, else the same flag, off for everybody.

    Source: flag-semantics 4, as Amplitude delivers remote flags to its local SDKs.
    """
    return flag if _is_local(flag) else switched_off(flag)


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
        sources: the flags that it was made of, by key.
        seen: keys of those that the keys open.
        cohorts: ids of the cohorts that a delivered flag names, by its key.
        hashed: what is delivered; its revision is its own.
    """

    sources: PersistentMap[str, EvaluationFlag]
    seen: frozenset[str]
    cohorts: PersistentMap[str, frozenset[str]]
    hashed: HashedRuleset


def deliver(
    ruleset: Ruleset,
    deployments: frozenset[str] | None,
    previous: ClientRuleset | None = None,
    *,
    local_only: bool = False,
) -> ClientRuleset:
    """Return what callers with keys of `deployments` get of `ruleset`; None = callers without a key, who see all.

    With `local_only`, flags of evaluation mode Remote are not seen, so that they are missing rather than off.
    Work is taken over from `previous`, for the same project, deployments and `local_only`.
    """
    before = previous or ClientRuleset(
        PersistentMap(), frozenset(), PersistentMap(), HashedRuleset.empty(ruleset.project)
    )
    seen = frozenset(_seen(ruleset, deployments, local_only))
    flags = {key: ruleset.flags[key] for key in _with_parents(sorted(seen), ruleset.flags)}
    turned = seen ^ before.seen
    stale = [key for key, flag in flags.items() if key in turned or before.sources.get(key) is not flag]
    gone: dict[str, Absent] = {key: ABSENT for key in before.sources if key not in flags}
    forms = {key: _form(flags[key], key in seen) for key in stale}
    cohorts = before.cohorts.changed({**gone, **{key: _cohorts(form) for key, form in forms.items()}})
    named = frozenset[str]().union(*cohorts.values())
    named = frozenset(ruleset.cohorts) if _EVERY in named else named & ruleset.cohorts.keys()
    wanted = {name: ruleset.cohorts[name] for name in named}
    change = Change(
        flags={**gone, **forms},
        visibility={},
        cohorts=difference(before.hashed.ruleset.cohorts, wanted, lambda one, other: one == other),
        deployments={},
    )
    sources = before.sources.changed({**gone, **{key: flags[key] for key in stale}})
    return ClientRuleset(sources, seen, cohorts, before.hashed.changed(change))


def _seen(ruleset: Ruleset, deployments: frozenset[str] | None, local_only: bool) -> Iterable[str]:
    for key, flag in ruleset.flags.items():
        if not flag.get("metadata", {}).get("deployed", True) or (local_only and not _is_local(flag)):
            continue
        if deployments is None or not deployments.isdisjoint(ruleset.visibility.get(key, ())):
            yield key


def _with_parents(keys: Iterable[str], flags: Mapping[str, EvaluationFlag]) -> list[str]:
    parents = {key: _parents(flag) for key, flag in flags.items()}
    return evaluation_order(keys, parents)


def _parents(flag: EvaluationFlag) -> list[str]:
    # A flag that is delivered as off depends on nothing.
    return flag.get("dependencies", []) if _is_local(flag) else []


def _is_local(flag: EvaluationFlag) -> bool:
    return flag.get("metadata", {}).get("evaluationMode") == "local"


def _form(flag: EvaluationFlag, seen: bool) -> EvaluationFlag:
    form = deliver_local(flag)
    if seen:
        return form
    hidden = form.copy()
    hidden["metadata"] = {**form.get("metadata", {}), "deployed": False}
    return hidden


def _cohorts(flag: EvaluationFlag) -> frozenset[str]:
    named = named_cohorts(flag)
    return named | {_EVERY} if needs_every_cohort(flag) else named
