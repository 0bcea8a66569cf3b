"""What a status says of the form that is served while the present one cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from flagoperator.reconcile.entry import Entry, read_entry
from flagoperator.reconcile.projects import Projects, findings_of
from flagoperator.reconcile.served import Served, served_form
from tests.unit.flagoperator.reconcile.cluster import flag, obj, ref

if TYPE_CHECKING:
    from flagd.manifest import ResourceRef

GROUP = {"type": "Holdout", "holdout": {"percent": 5}}
COHORT = {"members": ["ann"]}


def entry(found: dict[str, Any], before: Entry | None = None) -> Entry:
    return read_entry(found["kind"], found, before)


def taking(*entries: Entry, served: Projects | None = None) -> Projects:
    projects = Projects()
    if served is not None:
        projects.remember({"shop": served.compiled["shop"].ruleset})
    projects.take({each.ref: each for each in entries})
    return projects


def form(projects: Projects, which: ResourceRef) -> str | None:
    one, compiled = projects.taken(which), projects.compiled["shop"]
    assert one is not None
    served = served_form(one, compiled, findings_of(one, compiled))
    return None if served is None else str(served)


def invalid(kind: str, name: str) -> dict[str, Any]:
    return obj(kind, name, 9, {"nonsense": 1}, generation=2)


def test_a_flag_names_the_generation_that_is_served_and_what_is_retained_for_it():
    projects = taking(entry(flag("x", memberOf=[{"group": "g"}])), entry(obj("FlagGroup", "g", 2, GROUP)))
    projects.take({ref("g", "FlagGroup"): None})
    assert form(projects, ref("x")) == "generation 1 is served with FlagGroup g, which was deleted"


def test_a_group_that_does_not_compile_is_served_in_the_generation_that_did():
    projects = taking(entry(obj("FlagGroup", "g", 1, GROUP)), entry(flag("x")))
    wrong = {"type": "Holdout", "holdout": {"percent": 5, "include": {"cohorts": ["none"]}}}
    projects.take({ref("g", "FlagGroup"): entry(obj("FlagGroup", "g", 2, wrong, generation=2))})
    assert form(projects, ref("g", "FlagGroup")) == "generation 1 is still served"


@pytest.mark.parametrize(
    ("kind", "spec", "told"),
    [
        ("FlagGroup", GROUP, "generation 1 is still served"),
        ("FlagCohort", COHORT, "the last good form is still served"),
        ("FlagDeployment", {"type": "Server", "keyHashes": []}, "the last good form is still served"),
    ],
)
def test_after_a_restart_it_is_told_that_the_last_form_is_served(kind: str, spec: dict[str, Any], told: str):
    before = taking(entry(obj(kind, "g", 1, spec)), entry(flag("x")))
    after = taking(entry(invalid(kind, "g")), entry(flag("x")), served=before)
    assert form(after, ref("g", kind)) == told


def test_nothing_is_served_of_a_resource_made_again_under_a_name_that_is_retained():
    projects = taking(entry(flag("x", memberOf=[{"group": "g"}])), entry(obj("FlagGroup", "g", 2, GROUP)))
    projects.take({ref("g", "FlagGroup"): None})
    projects.take({ref("g", "FlagGroup"): entry(obj("FlagGroup", "g", 3, {"type": "Holdout"}, uid="new"))})
    assert form(projects, ref("g", "FlagGroup")) is None
    assert form(projects, ref("x")) == "generation 1 is served with FlagGroup g, which was deleted"


@pytest.mark.parametrize(
    ("uses", "parent", "edited"),
    [
        (
            {"prerequisites": {"flags": [{"key": "p", "variants": ["on"]}]}},
            flag("p", 2),
            flag("p", 3, generation=2, variants=[{"key": "enabled"}]),
        ),
        (
            {"memberOf": [{"group": "p", "slot": "a"}]},
            obj("FlagGroup", "p", 2, {"type": "MutualExclusion", "slots": [{"name": "a", "percent": 100}]}),
            obj(
                "FlagGroup", "p", 3, {"type": "MutualExclusion", "slots": [{"name": "b", "percent": 100}]}, generation=2
            ),
        ),
    ],
)
def test_a_last_form_that_an_edit_elsewhere_turns_off_for_everybody_is_told_to_be_off(
    uses: dict[str, Any], parent: dict[str, Any], edited: dict[str, Any]
):
    projects = taking(entry(flag("x", 1, **uses)), entry(parent))
    assert form(projects, ref("x")) == "generation 1 is still served"
    after = entry(edited)
    projects.take({after.ref: after})
    told = "generation 1 is still served, and off for everybody but its testers, because p admits nobody"
    assert form(projects, ref("x")) == told


def test_a_form_that_needs_nothing_is_told_without_it():
    assert str(Served("hash", 3)) == "generation 3 is still served"
