"""Ownership: what of a status is the operator's: all of it but the conditions of other types, which others may add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

CONDITIONS = frozenset({"Ready", "Published", "Reconciling", "Stalled", "RolledOut"})


def ours(status: Mapping[str, Any]) -> dict[str, Any]:
    """Return `status` without the conditions of others, in the order in which we write ours."""
    found = dict(status)
    if "conditions" in found:
        found["conditions"] = [each for each in found["conditions"] or () if each.get("type") in CONDITIONS]
    return found


def leftovers(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the merge patch that takes out of `found` what is ours and not `wanted`; empty where there is nothing.

    An apply leaves what another manager owns, such as a condition that somebody put there by hand.
    """
    patch: dict[str, Any] = {name: None for name in found if name not in wanted}
    for name, value in wanted.items():
        inner = found.get(name)
        if isinstance(value, dict) and isinstance(inner, dict) and (extra := inner.keys() - value.keys()):
            patch[name] = dict.fromkeys(extra)
    if "conditions" in wanted:
        names = {each["type"] for each in wanted["conditions"]}
        unwanted = (CONDITIONS - names) & {each.get("type") for each in found.get("conditions") or ()}
        if unwanted:
            patch["conditions"] = [each for each in found["conditions"] if each.get("type") not in unwanted]
    return patch
