"""Holding: what a restart inherits and no manifest has claimed yet.

After a restart nobody knows whose file a flag was in. While some manifest cannot be read, a flag that
none of the others declares may be in that one, so it is held; once all can be read, it is gone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from flagd.ruleset import Ruleset, compute_revision

if TYPE_CHECKING:
    from collections.abc import Mapping

V = TypeVar("V")


def hold(held: Mapping[str, Ruleset], seen: Mapping[str, Ruleset]) -> dict[str, Ruleset]:
    """Return the part of `held` that none of `seen` has: what is seen once is nobody's inheritance any more."""
    return {project: _without(one, seen[project]) if project in seen else one for project, one in held.items()}


def overlay(rulesets: Mapping[str, Ruleset], held: Mapping[str, Ruleset]) -> dict[str, Ruleset]:
    """Return `rulesets` with what is held beside them."""
    inherited = {project: _with(rulesets.get(project), one) for project, one in held.items() if _holds(one)}
    return {**rulesets, **inherited}


def _holds(held: Ruleset) -> bool:
    return bool(held.flags or held.cohorts or held.deployments)


def _without(held: Ruleset, seen: Ruleset) -> Ruleset:
    return replace(
        held,
        flags=_minus(held.flags, seen.flags),
        cohorts=_minus(held.cohorts, seen.cohorts),
        deployments=_minus(held.deployments, seen.deployments),
        visibility=_minus(held.visibility, seen.flags),
    )


def _with(ruleset: Ruleset | None, held: Ruleset) -> Ruleset:
    if ruleset is None:
        ruleset = Ruleset(held.project, {}, {}, {}, {}, "")
    flags = {**held.flags, **ruleset.flags}
    cohorts = {**held.cohorts, **ruleset.cohorts}
    deployments = {**held.deployments, **ruleset.deployments}
    visibility = {**held.visibility, **ruleset.visibility}
    revision = compute_revision(flags, cohorts, deployments, visibility)
    return Ruleset(ruleset.project, flags, cohorts, deployments, visibility, revision)


def _minus(entries: Mapping[str, V], seen: Mapping[str, object]) -> dict[str, V]:
    return {key: value for key, value in entries.items() if key not in seen}
