from __future__ import annotations

from typing import Any

import pytest

from flagctl.doctor.diagnosis import needs_another_look
from flagctl.doctor.finding import Level
from flagctl.doctor.picture import Installation, Picture
from flagctl.doctor.resources import MOST, check
from flagoperator.reconcile.status import COMPILED

WHERE = Installation("flags", "system:serviceaccount:flags:flagoperator", ("flags", "flagd"))


def resource(name: str, *conditions: tuple[str, str, str]) -> dict[str, Any]:
    told = [{"type": kind, "status": status, "reason": "R", "message": text} for kind, status, text in conditions]
    return {
        "kind": "Flag",
        "metadata": {"namespace": "shop", "name": name, "generation": 3},
        "status": {"observedGeneration": 3, "conditions": told},
    }


def levels(*resources: dict[str, Any]) -> list[Level]:
    return [each.level for each in check(Picture(0.0, "1", WHERE, resources=resources))]


@pytest.mark.parametrize(
    ("ready", "published", "expected"),
    [
        (("True", COMPILED), "True", [Level.OK]),
        (("True", "there is no FlagDeployment 'web'"), "True", [Level.WARNING, Level.OK]),
        (("False", "spec.variants: is missing"), "True", [Level.PROBLEM]),
        (("True", COMPILED), "False", [Level.PROBLEM]),
        (("True", "there is no FlagDeployment 'web'"), "False", [Level.PROBLEM, Level.WARNING]),
    ],
)
def test_what_a_status_complains_of_is_told(ready: tuple[str, str], published: str, expected: list[Level]):
    assert levels(resource("banner", ("Ready", *ready), ("Published", published, "so"))) == expected


def test_a_warning_stays_and_needs_no_second_look():
    picture = Picture(
        0.0, "1", WHERE, resources=[resource("banner", ("Ready", "True", "hm"), ("Published", "True", ""))]
    )
    found = list(check(picture))
    assert "Flag shop/banner: hm [R]" in {each.text for each in found}
    assert not needs_another_look(found)


def test_of_many_the_first_are_named_and_the_others_counted():
    many = [resource(f"flag-{number}", ("Ready", "False", "no")) for number in range(MOST + 7)]
    *named, last = check(Picture(0.0, "1", WHERE, resources=many))
    assert (len(named), last.text) == (MOST, "and 7 more resources")
