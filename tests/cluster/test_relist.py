"""Lists make the cache true without burdening the API server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.cluster.stage import flag

if TYPE_CHECKING:
    from tests.cluster.stage import Stage


def reads(stage: Stage, *verbs: str) -> list[dict[str, Any]]:
    """Return what the operator asked for in the namespace of the stage, by the audit log."""
    return [
        entry
        for entry in stage.plane.audit()
        if entry["verb"] in verbs
        and entry["user"]["username"].endswith(":flagoperator")
        and f"/namespaces/{stage.namespace}/" in entry["requestURI"]
    ]


def test_every_list_is_in_pages(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Ready="True")
    stage.until(lambda: operator.metric("flagoperator_relist_seconds_count") >= 3)
    lists = reads(stage, "list")
    assert len(lists) >= 15
    assert [
        entry["requestURI"] for entry in lists if "limit" not in parse_qs(urlsplit(entry["requestURI"]).query)
    ] == []


def test_later_lists_find_what_the_watch_told_and_nothing_more(stage: Stage):
    operator = stage.operator("--relist-interval", "1")
    stage.apply(*(flag(f"f{number}") for number in range(5)))
    stage.wait("f4", Ready="True")

    def lists() -> float:
        return operator.metric("flagoperator_relist_seconds_count") or 0

    begun = lists()
    stage.until(lambda: lists() > begun)  # one that ran meanwhile may have been ahead of the watch
    found, begun = operator.metric("flagoperator_relist_differences_total"), lists()
    stage.until(lambda: lists() >= begun + 2)
    assert operator.metric("flagoperator_relist_differences_total") == found
    assert operator.metric("flagoperator_watch_restarts_total") == 0
    assert operator.metric("flagoperator_relist_failures_total") == 0
