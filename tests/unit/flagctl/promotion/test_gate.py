"""A gate lets a flag through that its cluster has, as its files say, rolled out and for long enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flagctl.failure import Refused
from flagctl.promotion.gate import Gate
from flagctl.promotion.manifest import manifests_in
from flagoperator.rollout.moment import seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

THEN, DAY = "2026-01-01T00:00:00Z", 86_400
PATCH = {
    "apiVersion": "flagoperator.dev/v1alpha1",
    "kind": "Flag",
    "metadata": {"name": "a"},
    "spec": {"allOtherUsers": {"percent": 25}},
}


def live(percent: int = 25, generation: int = 2, **conditions: str) -> dict[str, Any]:
    told = [
        {
            "type": name,
            "status": status,
            "reason": "Because",
            "message": "so it is",
            "observedGeneration": generation,
            "lastTransitionTime": THEN,
        }
        for name, status in conditions.items()
    ]
    spec = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": percent}}
    return {"metadata": {"name": "a", "generation": 2}, "spec": spec, "status": {"conditions": told}}


DONE = live(Published="True", RolledOut="True")


def refusal(
    write: Callable[[str, object], Path],
    flag: dict[str, Any] | None,
    *,
    rolled_out: bool = True,
    min_age: float | None = None,
) -> str:
    ((manifest,),) = manifests_in(str(write("staging/a.yaml", PATCH).parent)).values()
    flags = {} if flag is None else {("shop", "a"): flag}
    try:
        Gate("staging", "shop", flags, seconds_of(THEN) + DAY, rolled_out, min_age).check(manifest, ())
    except Refused as refused:
        return refused.message
    return ""


@pytest.mark.parametrize(
    ("flag", "options"),
    [
        (DONE, {}),
        (DONE, {"min_age": DAY}),
        (live(Published="True", RolledOut="False"), {"rolled_out": False, "min_age": DAY}),
    ],
    ids=["rolled out", "for long enough", "served, where that is all that is asked"],
)
def test_what_has_proven_itself_goes_through(
    flag: dict[str, Any], options: dict[str, Any], write: Callable[[str, object], Path]
) -> None:
    assert refusal(write, flag, **options) == ""


@pytest.mark.parametrize(
    ("flag", "options", "said"),
    [
        (None, {}, "staging has no such flag in namespace shop"),
        (live(5, Published="True", RolledOut="True"), {}, "staging has another allOtherUsers than"),
        (live(Published="True", RolledOut="False"), {}, "staging says RolledOut=False: so it is [Because]"),
        (live(Published="True"), {}, "staging has not looked at generation 2 yet: RolledOut is not known"),
        (live(Published="Unknown"), {}, "staging says Published=Unknown"),
        (live(generation=1, Published="True"), {}, "staging has not looked at generation 2 yet"),
        (live(), {}, "staging has not looked at generation 2 yet"),
        (DONE, {"min_age": DAY + 1}, "staging has had it for 1d, and --min-age is 1d1s"),
        (DONE, {"rolled_out": False, "min_age": 2 * DAY}, "staging has had it for 1d, and --min-age is 2d"),
    ],
)
def test_what_has_not_is_refused_with_the_reason(
    flag: dict[str, Any] | None, options: dict[str, Any], said: str, write: Callable[[str, object], Path]
) -> None:
    assert said in refusal(write, flag, **options)
