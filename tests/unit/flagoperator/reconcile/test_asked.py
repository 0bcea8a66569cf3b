"""What annotations ask of a rollout, and who asks."""

from __future__ import annotations

from typing import Any

from flagoperator.reconcile.asked import LONGEST, asked_by


def wrote(manager: str, *annotations: str, time: str = "2026-01-01T00:00:00Z") -> dict[str, Any]:
    fields = {"f:metadata": {"f:annotations": {f"f:flagoperator.dev/{each}": {} for each in annotations}}}
    return {"manager": manager, "time": time, "fieldsV1": fields}


def asked(*managers: dict[str, Any], **annotations: str) -> list[tuple[str, str, str]]:
    written = {f"flagoperator.dev/{name}": text for name, text in annotations.items()}
    found = asked_by({"annotations": written | {"other": "x"}, "managedFields": list(managers)})
    return [(each.verb, each.token, each.by) for each in found]


def test_each_verb_is_an_annotation():
    assert [each[:2] for each in asked(approve="r-1-1", pause="r", by="ann")] == [("pause", "r"), ("approve", "r-1-1")]


def test_who_asks_is_who_wrote_it_and_a_name_is_not_verified():
    assert asked(wrote("flagctl", "approve"), approve="r", by="ann")[0][2] == "ann, manager flagctl, not verified"
    assert asked(wrote("kubectl-annotate", "approve"), approve="r")[0][2] == "manager kubectl-annotate, not verified"
    assert asked(approve="r")[0][2] == "not verified"


def test_of_several_who_wrote_it_the_last_counts():
    first, last = wrote("a", "pause", time="2026-01-01T00:00:00Z"), wrote("b", "pause", time="2026-01-02T00:00:00Z")
    assert asked(last, first, wrote("c", "approve"), pause="r")[0][2] == "manager b, not verified"


def test_nothing_is_asked_by_nothing():
    assert asked_by({}) == asked_by({"annotations": None}) == ()
    assert asked(approve="") == []


def test_what_is_written_there_cannot_end_a_line_and_has_a_bound():
    ((_, token, who),) = asked(approve="x\ny" + "z" * 1000, by="a\nb")
    assert "\n" not in token + who
    assert len(token) < LONGEST + 50
