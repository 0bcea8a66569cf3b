from datetime import date

import pytest

from flagctl.dashboard.inventory.item import item_of
from flagctl.dashboard.pages.listing import listing
from flagctl.dashboard.pages.query import COLUMNS, query_of
from flagctl.dashboard.pages.row import row_of

TODAY = date(2026, 12, 1)


def row(name, namespace="shop", status=None, **spec):
    spec = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 10}, **spec}
    metadata = {"name": name, "namespace": namespace, "generation": 2, "uid": name}
    return row_of(item_of("Flag", {"metadata": metadata, "spec": spec, "status": status or {}}), TODAY)


ROWS = [
    row("checkout", owner="payments", allOtherUsers={"percent": 5}),
    row("banner", "web", owner="marketing", allOtherUsers={"percent": "0.5"}),
    row("search", owner="payments", active=False, displayName="Find things"),
    row("old", expires="2026-11-30"),
]


def keys(**given):
    return [each.key for each in listing(ROWS, query_of(given)).rows]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ["checkout", "old", "search", "banner"]),
        ({"q": "find"}, ["search"]),
        ({"q": "PAYMENTS check"}, ["checkout"]),
        ({"namespace": "web"}, ["banner"]),
        ({"owner": "payments", "state": "active"}, ["checkout"]),
        ({"state": "inactive"}, ["search"]),
        ({"need": "stale"}, ["old"]),
        ({"sort": "key"}, ["banner", "checkout", "old", "search"]),
        ({"sort": "-percent"}, ["old", "checkout", "banner", "search"]),
        ({"sort": "nonsense", "need": "nonsense", "state": "x", "page": "-1"}, ["checkout", "old", "search", "banner"]),
        ({"q": "nothing"}, []),
    ],
)
def test_a_list_shows_what_its_url_says(given, found):
    assert keys(**given) == found


@pytest.mark.parametrize("column", COLUMNS)
def test_a_list_can_be_sorted_by_each_column(column):
    assert sorted(keys(sort=column)) == sorted(keys(sort=f"-{column}")) == sorted(keys())


@pytest.mark.parametrize(("page", "found"), [("1", 2), ("2", 2), ("99", 2), ("0", 2), ("x" * 9, 2)])
def test_a_page_that_does_not_exist_is_the_nearest_one(page, found):
    assert len(listing(ROWS, query_of({"page": page}), page_rows=2).rows) == found


def published(name, status):
    told = {"type": "Published", "status": status, "reason": "x"}
    return row(name, status={"conditions": [told], "published": "2/3" if status == "False" else "3/3"})


@pytest.mark.parametrize(
    ("serving", "found"),
    [
        ("differs", ["behind"]),
        ("everywhere", ["there"]),
        ("", ["behind", "there", "unknown"]),
        ("x", ["behind", "there", "unknown"]),
    ],
)
def test_a_list_shows_the_flags_of_which_replicas_serve_different_forms(serving, found):
    rows = [published("behind", "False"), published("there", "True"), row("unknown")]
    assert [each.key for each in listing(rows, query_of({"serving": serving})).rows] == found


@pytest.mark.parametrize("state", ["active", "inactive"])
def test_a_flag_that_cannot_be_read_is_neither_active_nor_inactive(state):
    unread = row_of(item_of("Flag", {"metadata": {"name": "broken", "namespace": "shop"}}), TODAY)
    assert not unread.known
    assert listing([unread], query_of({"state": state})).rows == []
    assert listing([unread], query_of({})).found == 1
