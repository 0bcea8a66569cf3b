"""Resources: which flags, and what belongs to them, are not served as they stand in the cluster, or draw a warning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.doctor.finding import Finding, Level, listed
from flagctl.printable import printable
from flagoperator.reconcile.condition import condition_of
from flagoperator.reconcile.status import COMPILED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagctl.doctor.picture import Picture

ABOUT = "flags"
MOST = 10
"""Resources that are named one by one."""
DESCRIBE = "kubectl describe -n {namespace} {kind}/{name}"


def check(picture: Picture) -> Iterator[Finding]:
    """Say which resources have no status yet, are not ready, not served, or served with a warning."""
    if picture.resources is None:
        return
    unseen = [each for each in picture.resources if not _is_seen(each)]
    seen = [each for each in picture.resources if _is_seen(each)]
    wrong = [each for each in seen if _is(each, "Ready", "False")]
    unserved = [each for each in seen if not _is(each, "Ready", "False") and not _is(each, "Published", "True")]
    if unseen:
        yield _unseen(unseen)
    yield from named(wrong, "Ready", Level.PROBLEM, ABOUT)
    yield from named(unserved, "Published", Level.PROBLEM, ABOUT)
    yield from named([each for each in seen if _has_warnings(each)], "Ready", Level.WARNING, ABOUT)
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


def named(
    found: Sequence[Mapping[str, Any]], condition: str, level: Level, about: str, look: str = DESCRIBE
) -> Iterator[Finding]:
    """Yield what `condition` of each resource says, up to as many as a person would read, and how many more there are.

    `look` is what to type about a resource: a format with ``namespace``, ``kind`` and ``name``.
    """
    for each in found[:MOST]:
        told = condition_of(each.get("status") or {}, condition) or {}
        text = f"{_title(each)}: {told.get('message') or 'no reason is given'} [{told.get('reason', '')}]"
        remedy = look.format(**each["metadata"] | {"kind": each["kind"].lower()})
        yield Finding(level, about, printable(text), remedy, state=_version(each) if level is Level.PROBLEM else "")
    if len(found) > MOST:
        yield Finding(
            level, about, f"and {len(found) - MOST} more resources", "kubectl get flagoperator --all-namespaces"
        )


def _is_seen(obj: Mapping[str, Any]) -> bool:
    return bool((obj.get("status") or {}).get("observedGeneration") == obj["metadata"].get("generation"))


def _has_warnings(obj: Mapping[str, Any]) -> bool:
    condition = condition_of(obj.get("status") or {}, "Ready") or {}
    return condition.get("status") == "True" and condition.get("message") != COMPILED


def _is(obj: Mapping[str, Any], name: str, status: str) -> bool:
    condition = condition_of(obj.get("status") or {}, name)
    return condition is not None and bool(condition.get("status") == status)


def _title(obj: Mapping[str, Any]) -> str:
    return f"{obj['kind']} {obj['metadata']['namespace']}/{obj['metadata']['name']}"


def _version(obj: Mapping[str, Any]) -> str:
    return f"{_title(obj)} {obj['metadata'].get('generation')}"
