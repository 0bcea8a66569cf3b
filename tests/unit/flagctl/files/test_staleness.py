from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from flagctl.files.staleness import StaleReason, staleness
from flagd.compiler import compile_project
from flagd.manifest import Flag, validate
from tests.unit.flagctl.manifest import flag

if TYPE_CHECKING:
    from flagd.ruleset import EvaluationFlag

TODAY = date(2030, 6, 15)
SPLIT = [{"key": "a"}, {"key": "b"}]
HALF = {"percent": 50}
PRO = [{"attribute": "user.properties.plan", "op": "is", "values": ["pro"]}]


def resource(**spec: Any) -> Flag:
    made, diagnostics = validate(flag("f", **spec))
    assert isinstance(made, Flag), diagnostics
    return made


def compiled(made: Flag) -> EvaluationFlag:
    return compile_project([made], project="shop").ruleset.flags["f"]


def reasons(made: Flag, asked: frozenset[tuple[str, str]] | None = None) -> list[str]:
    return [stale.reason for stale in staleness(made, compiled(made), TODAY, asked)]


@pytest.mark.parametrize(
    ("expires", "stale"),
    [("2030-06-14", True), ("2030-06-15", False), ("2030-06-16", False), (None, False)],
)
def test_a_flag_expires_when_its_day_is_over(expires: str | None, stale: bool) -> None:
    made = resource(allOtherUsers=HALF, **({"expires": expires} if expires else {}))
    assert (StaleReason.EXPIRED in reasons(made)) is stale


def test_the_detail_says_for_how_long() -> None:
    made = resource(allOtherUsers=HALF, expires="2030-06-01")
    (stale,) = staleness(made, compiled(made), TODAY, None)
    assert stale.detail == "expired on 2030-06-01, 14 days ago"


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, ["ServesEverybody"]),
        ({"allOtherUsers": {"percent": 0}}, ["ServesNobody"]),
        ({"active": False}, ["ServesNobody"]),
        ({"allOtherUsers": HALF}, []),
        ({"expires": "2030-01-01"}, ["Expired", "ServesEverybody"]),
    ],
    ids=str,
)
def test_a_flag_that_gives_everybody_the_same_is_stale(spec: dict[str, Any], expected: list[str]) -> None:
    assert reasons(resource(**spec)) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (None, []),
        (frozenset({("shop", "f")}), []),
        (frozenset({("blog", "f")}), ["NeverAsked"]),
        (frozenset(), ["NeverAsked"]),
    ],
)
def test_a_flag_that_no_server_was_asked_for_is_stale(
    asked: frozenset[tuple[str, str]] | None, expected: list[str]
) -> None:
    assert reasons(resource(allOtherUsers=HALF), asked) == expected


def test_a_flag_that_does_not_compile_is_still_checked_for_its_date() -> None:
    made = resource(expires="2030-01-01")
    assert [stale.reason for stale in staleness(made, None, TODAY, None)] == [StaleReason.EXPIRED]
