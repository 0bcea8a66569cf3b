"""Resources: which flags, and what belongs to them, are not served as they stand in the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.doctor.finding import Finding, Level, listed
from flagctl.printable import printable
from flagoperator.reconcile.condition import condition_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagctl.doctor.picture import Picture

ABOUT = "flags"
MOST = 10
"""Resources that are named one by one."""


def check(picture: Picture) -> Iterator[Finding]:
    """Say which resources have no status yet, are not ready, or not served."""
    if picture.resources is None:
        return
    unseen = [each for each in picture.resources if not _is_seen(each)]
    seen = [each for each in picture.resources if _is_seen(each)]
    wrong = [each for each in seen if _is(each, "Ready", "False")]
    unserved = [each for each in seen if not _is(each, "Ready", "False") and not _is(each, "Published", "True")]
    if unseen:
        yield _unseen(unseen)
    yield from _named(wrong, "Ready")
    yield from _named(unserved, "Published")
    if not unseen and not wrong and not unserved:
        yield Finding(Level.OK, ABOUT, _all_well(len(picture.resources)))


def _all_well(count: int) -> str:
    if count < 2:
        return "1 resource is ready and served" if count else "there are none yet"
    return f"all {count} resources are ready and served"


def _unseen(found: Sequence[Mapping[str, Any]]) -> Finding:
    names = listed([_title(each) for each in found])
    what = "1 resource has" if len(found) == 1 else f"{len(found)} resources have"
    text = f"{what} a generation that the operator has not looked at: {names}"
    remedy = "see what is said of the Lease and the rights; else: does --namespaces of the operator name theirs?"
    return Finding(Level.PROBLEM, ABOUT, text, remedy, state=str([_version(each) for each in found]))


def _named(found: Sequence[Mapping[str, Any]], name: str) -> Iterator[Finding]:
    for each in found[:MOST]:
        condition = condition_of(each.get("status") or {}, name) or {}
        text = f"{_title(each)}: {condition.get('message') or 'no reason is given'} [{condition.get('reason', '')}]"
        look = f"kubectl describe -n {each['metadata']['namespace']} {each['kind'].lower()}/{each['metadata']['name']}"
        yield Finding(Level.PROBLEM, ABOUT, printable(text), look, state=_version(each))
    if len(found) > MOST:
        what = "not ready" if name == "Ready" else "not served"
        yield Finding(Level.PROBLEM, ABOUT, f"and {len(found) - MOST} more resources are {what}")


def _is_seen(obj: Mapping[str, Any]) -> bool:
    return bool((obj.get("status") or {}).get("observedGeneration") == obj["metadata"].get("generation"))


def _is(obj: Mapping[str, Any], name: str, status: str) -> bool:
    condition = condition_of(obj.get("status") or {}, name)
    return condition is not None and bool(condition.get("status") == status)


def _title(obj: Mapping[str, Any]) -> str:
    return f"{obj['kind']} {obj['metadata']['namespace']}/{obj['metadata']['name']}"


def _version(obj: Mapping[str, Any]) -> str:
    return f"{_title(obj)} {obj['metadata'].get('generation')}"
