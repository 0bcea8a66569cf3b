"""What Amplitude exports becomes manifests that give everybody what Amplitude gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flagctl.migration.amplitude import from_amplitude
from flagctl.migration.imported import ForeignError
from flagctl.migration.proof import proof
from flagctl.migration.transfer import transfers

VECTORS = json.loads((Path(__file__).parents[3] / "conformance" / "vectors" / "compiler.json").read_text())
PARENT = {
    "key": "parent",
    "id": 7,
    "enabled": True,
    "evaluationMode": "local",
    "bucketingKey": "user_id",
    "bucketingSalt": "salt",
    "variants": [{"key": "on"}],
    "rolloutPercentage": 50,
    "rolloutWeights": {"on": 1},
}


def exported(ui: dict[str, Any]) -> dict[str, Any]:
    """Return the flag as the API names its fields: prerequisites by id, in a mapping of their own."""
    parents = {"7": ui["dependencies"]["parent"]} if "dependencies" in ui else {}
    rest = {name: value for name, value in ui.items() if name != "dependencies"}
    dependencies = {"parentDependencies": {"flags": parents, "operator": "all"}} if parents else {}
    return {"id": 1, "enabled": True, "evaluationMode": "local", **rest, **dependencies}


def flag(**fields: Any) -> dict[str, Any]:
    return {**PARENT, "key": "f", "id": 1, **fields}


def losses(*flags: dict[str, Any]) -> list[str]:
    (found, *_) = from_amplitude({"flags": list(flags)})
    return [loss.text for loss in found.losses]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_users_get_what_amplitudes_compiled_form_gives_them(vector: dict[str, Any]):
    found, ours = transfers(from_amplitude({"flags": [exported(vector["ui"]), PARENT]}))
    assert [each.faults for each in found] == [(), ()]
    if "cohortInclusions" in vector["ui"]:
        assert "the cohorts held on on (qa)" in found[0].flag.losses[0].text
        assert found[0].flag.manifest()["spec"]["active"] is False
        return
    assert found[0].flag.losses == ()
    theirs = {"my-flag": vector["compiled"], "parent": ours["parent"]}
    assert proof("my-flag", theirs, ours, 5_000).proven is True


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"bucketingKey": "amplitude_id"}, "amplitude_id is known to Amplitude alone: bucketed by user.user_id"),
        ({"bucketingSalt": None}, "no bucketingSalt is given, so every user gets another bucket"),
        ({"variants": [{"key": "Off"}], "rolloutWeights": {}}, 'the variant "Off": every flag has a variant off here'),
        ({"parentDependencies": {"flags": {"9": ["on"]}}}, "the prerequisite of the flag 9"),
        (
            {"targetSegments": [{"name": "s", "conditions": [{"prop": "xyz", "op": "is", "values": ["a"]}]}]},
            "segment s: xyz is no attribute here",
        ),
        (
            {"targetSegments": [{"name": "s", "conditions": [{"prop": "os", "op": "like", "values": ["a"]}]}]},
            'segment s: there is no operator "like" here',
        ),
        ({"targetSegments": [{"name": "s", "conditions": []}]}, "segment s has no conditions: it is for everybody"),
        ({"targetSegments": [{"name": "s", "bucketingKey": "device_id"}]}, "segment s is bucketed by device_id"),
        ({"cohortInclusions": {"on": ["qa"]}}, "the cohorts held on on (qa)"),
    ],
)
def test_a_flag_that_would_answer_otherwise_is_inactive_and_says_why(fields: dict[str, Any], said: str):
    (found,) = from_amplitude([flag(**fields)])
    assert found.losses[0].text.startswith(said)
    assert (found.losses[0].moves, found.manifest()["spec"]["active"]) == (True, False)
    assert f"#   {said}" in found.text()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"deployments": [12]}, "deployments [12]: write a FlagDeployment for each, and list them under deployments"),
        ({"tags": ["web"]}, "tags ['web']"),
        ({"rolloutPercentage": 33.9}, "rolloutPercentage 33.9 is 33 here"),
        ({"bucketingKey": "amplitude_id", "rolloutPercentage": 100}, "amplitude_id is known to Amplitude alone"),
        (
            {"targetSegments": [{"name": "s", "conditions": [{"prop": "os", "op": "is", "values": []}]}]},
            "segment s: os is without values, which nobody meets: the segment is left out",
        ),
    ],
)
def test_what_moves_nobody_is_named_and_leaves_the_flag_active(fields: dict[str, Any], said: str):
    (found,) = from_amplitude([flag(**fields)])
    assert [loss.text[: len(said)] for loss in found.losses] == [said]
    assert found.manifest()["spec"]["active"] is True


def test_an_export_is_a_page_a_list_or_one_flag_and_archived_flags_stay_behind():
    one, gone = flag(), flag(key="gone", deleted=True)
    for document in ({"flags": [one, gone], "nextCursor": 3}, [one, gone], one):
        assert [each.key for each in from_amplitude(document)] == ["f"]
    (experiment,) = from_amplitude({"experiments": [flag(experimentType="a-b-test", stickyBucketing=True)]})
    assert (experiment.spec["type"], experiment.spec["sticky"]) == ("Experiment", True)


def test_names_are_what_kubernetes_takes_and_differ():
    found = from_amplitude([flag(key="New Checkout"), flag(key="new-checkout"), flag(key="…")])
    assert [(each.name, each.manifest()["spec"].get("key")) for each in found] == [
        ("new-checkout", "New Checkout"),
        ("new-checkout-2", "new-checkout"),
        ("flag", "…"),
    ]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (3, "the file holds neither flags nor a list of them"),
        ([3], "flag 1 is not an object"),
        ([{}], 'flag 1 has no "key"'),
        ([flag(variants=3)], "flag f: variants is not a list"),
        ([flag(rolloutPercentage="a")], "flag f: rolloutPercentage is not a number"),
        (
            [flag(targetSegments=[{"name": "s", "conditions": {}}])],
            "flag f: targetSegments[0]: conditions is not a list",
        ),
    ],
)
def test_what_amplitude_does_not_export_is_refused_with_its_place(document: object, said: str):
    with pytest.raises(ForeignError) as refused:
        from_amplitude(document)
    assert str(refused.value).startswith(said)
