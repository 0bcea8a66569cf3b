"""What is told of replicas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flagd.compiler import compile_project
from flagd.sync.publisher import Publication
from flagd.sync.publisher.subscribers import Refusal, Served, Subscriber
from flagoperator.run.model import Model
from flagoperator.run.serving.account import Account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.ruleset import Ruleset

NOW = 1_800_000_000.0


class Pods:
    pods = frozenset({"flagd-0", "flagd-1", "flagd-2"})


class Holder:
    holder, epoch = "flagoperator-a", 3


@pytest.fixture
def ruleset() -> Ruleset:
    return compile_project([], project="shop").ruleset


@pytest.fixture
def account(ruleset: Ruleset) -> Iterator[Account]:
    """Of three pods the first serves the newest, the second something older, since it refused that."""
    model = Model()
    model.board.put(Publication({"shop": ruleset}))
    model.ledger.publish("shop", ruleset.revision, 1, NOW - 10)
    new = Subscriber("replica", "flagd-0", NOW - 60, served={"shop": Served(ruleset.revision, 1, NOW - 9.5)})
    old = Subscriber(
        "replica",
        "flagd-1",
        NOW - 60,
        served={"shop": Served("older", 1, NOW - 50)},
        refused={"shop": Refusal(ruleset.revision, "too large", NOW - 9)},
    )
    client = Subscriber("client", "app", NOW)
    with model.subscribers.enter(new), model.subscribers.enter(old), model.subscribers.enter(client):
        yield Account(model, Pods(), Holder(), lambda: NOW)  # type: ignore[arg-type]


def rows(told: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(each[name] for name in ("name", *names)) for each in told["replicas"]]


def test_each_replica_is_told_with_revision_and_how_late_it_is(account: Account, ruleset: Ruleset):
    told = account.of("shop")
    assert told["publishedAt"] == "2027-01-15T07:59:50Z"
    assert rows(told, "revision", "lagSeconds", "refused") == [
        ("flagd-0", ruleset.revision, 0.5, ""),
        ("flagd-1", "older", 10.0, "too large"),
        ("flagd-2", "", 10.0, ""),
    ]


def test_a_namespace_that_is_not_published_has_no_revision_and_no_lag(account: Account):
    told = account.of("nowhere", "flag")
    assert (told["revision"], told["publishedAt"]) == ("", "")
    assert rows(told, "revision", "lagSeconds") == [("flagd-0", "", 0), ("flagd-1", "", 0), ("flagd-2", "", 0)]


def test_over_all_namespaces_it_is_told_who_is_behind_and_who_leads(account: Account):
    told = account.overview()
    assert (told["leader"], told["term"], told["acknowledged"]["meanSeconds"]) == ("flagoperator-a", 3, None)
    assert rows(told, "behind", "refused", "ready") == [
        ("flagd-0", 0, 0, True),
        ("flagd-1", 1, 1, True),
        ("flagd-2", 1, 0, True),
    ]
