import pytest

from tests.unit.flagd.compiler.manifest import cohort, compiled, findings, holdout, mutex, only, resource


def split(result, key: str) -> list[tuple[str, list[int]]]:
    [allocation] = only(result, key)["segments"][-1]["bucket"]["allocations"]
    assert allocation["range"] == [0, 100]
    return [(each["variant"], each["range"]) for each in allocation["distributions"]]


def test_a_mutual_exclusion_group_is_an_undeployed_flag_of_slots():
    result = compiled(mutex("m", slot_1=99, slot_2=1))
    compiled_group = only(result, "m")
    assert compiled_group["metadata"] == {
        "deployed": False,
        "evaluationMode": "local",
        "flagType": "mutual-exclusion-group",
        "flagVersion": 1,
    }
    assert set(compiled_group["variants"]) == {"slot-1", "slot-2", "unallocated", "off"}
    assert compiled_group["variants"]["slot-1"] == {"key": "slot-1", "value": "slot-1"}
    assert compiled_group["segments"][0]["variant"] == "off"
    assert split(result, "m") == [("slot-1", [0, 42520177]), ("slot-2", [42520175, 42949673])]


def test_a_slot_for_everybody_needs_no_bucket():
    [segment] = only(compiled(mutex("m", slot_1=100, slot_2=0)), "m")["segments"]
    assert segment == {"variant": "slot-1", "metadata": {"segmentName": "All Other Users"}}


# The range is what Amplitude's server compiles a holdout of 1 % to (fixtures of its Ruby SDK).
def test_a_holdout_group_is_an_undeployed_flag_of_holdout_and_on():
    result = compiled(holdout("h", percent=1))
    assert only(result, "h")["metadata"]["flagType"] == "holdout-group"
    assert set(only(result, "h")["variants"]) == {"holdout", "on", "off"}
    assert split(result, "h") == [("holdout", [0, 429497]), ("on", [429496, 42949673])]


def test_a_holdout_may_name_who_is_in_it_and_who_never_is():
    group = holdout("h", include={"userIds": ["ann"], "cohorts": ["vip"]}, exclude={"groups": {"company": ["acme"]}})
    result = compiled(group, cohort("vip"))
    included, excluded, _ = only(result, "h")["segments"]
    assert (included["variant"], len(included["conditions"])) == ("holdout", 2)
    assert (excluded["variant"], len(excluded["conditions"])) == ("on", 1)
    assert included["metadata"] == {"segmentName": "individual-inclusions"}


def test_a_group_buckets_by_what_it_is_told():
    bucketing = {"unit": "company", "salt": "s"}
    result = compiled(
        resource("FlagGroup", "h", {"type": "Holdout", "holdout": {"percent": 10}, "bucketing": bucketing})
    )
    bucket = only(result, "h")["segments"][0]["bucket"]
    assert (bucket["selector"], bucket["salt"]) == (["context", "groups", "company", "group_name"], "s")


@pytest.mark.parametrize(
    ("group", "path", "reason"),
    [
        (holdout("g", include={"cohorts": ["vip"]}), "spec.holdout.include.cohorts[0]", "ReferenceMissing"),
        (holdout("g", exclude={"cohorts": ["vip"]}), "spec.holdout.exclude.cohorts[0]", "ReferenceMissing"),
    ],
)
def test_a_broken_group_stays_out(group, path, reason):
    result = compiled(group)
    assert findings(result) == [("g", path, reason)]
    assert result.flags == []
