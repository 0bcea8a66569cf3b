"""The compiled form of a flag: its variants, metadata, and segments in Amplitude's order."""

import pytest

from tests.unit.flagd.compiler.manifest import (
    IN_US,
    cohort,
    compiled,
    deployment,
    findings,
    flag,
    names,
    needing,
    only,
    segments,
)

EVERYTHING = {
    "variants": [{"key": "a", "testers": {"userIds": ["ann"]}}, {"key": "b", "testers": {"deviceIds": ["d"]}}],
    "offTesters": {"userIds": ["bob"]},
    "prerequisites": {"flags": [{"key": "parent", "variants": ["on"]}]},
    "sticky": True,
    "segments": [{"name": "US", "match": [IN_US], "rollout": {"percent": 50}}],
}


def test_segments_stand_in_amplitudes_order():
    result = compiled(flag("f", **EVERYTHING), flag("parent"))
    assert [(each["metadata"]["segmentName"], each["variant"]) for each in segments(result, "f")] == [
        ("individual-inclusions", "off"),
        ("individual-inclusions", "a"),
        ("individual-inclusions", "b"),
        ("flag-dependencies", "off"),
        ("sticky-bucketing", "a"),
        ("sticky-bucketing", "b"),
        ("US", "off"),
        ("All Other Users", "off"),
    ]


def test_an_inactive_flag_serves_its_testers_and_is_off_for_the_rest():
    result = compiled(flag("f", active=False, **EVERYTHING), flag("parent"))
    assert names(result, "f") == ["individual-inclusions"] * 3 + ["default"]
    assert segments(result, "f")[-1] == {"metadata": {"segmentName": "default"}, "variant": "off"}


def test_an_inactive_flag_without_testing_is_off_for_everybody():
    result = compiled(flag("f", active=False, testing=False, **EVERYTHING), flag("parent"))
    assert names(result, "f") == ["default"]


def test_an_inactive_flag_asks_nothing_of_its_prerequisites():
    result = compiled(needing("f", "parent", active=False), flag("parent"))
    assert "dependencies" not in only(result, "f")


def test_without_all_other_users_the_rest_is_off():
    result = compiled(flag("g", allOtherUsers=None))
    assert segments(result, "g") == [{"variant": "off", "metadata": {"segmentName": "All Other Users"}}]


@pytest.mark.parametrize(
    ("rollout", "expected"),
    [
        ({"percent": 0}, {"variant": "off"}),
        ({"percent": "0.000"}, {"variant": "off"}),
        ({"percent": 100, "weights": {"b": 3}}, {"variant": "b"}),
        ({"percent": 100, "weights": {"a": 0, "b": 1}}, {"variant": "b"}),
    ],
)
def test_nobody_and_everybody_on_one_variant_need_no_bucket(rollout, expected):
    result = compiled(flag("f", variants=[{"key": "a"}, {"key": "b"}], allOtherUsers=rollout))
    assert segments(result, "f") == [{**expected, "metadata": {"segmentName": "All Other Users"}}]


def test_everybody_over_two_variants_is_bucketed_and_without_a_bucketing_value_off():
    result = compiled(flag("f", variants=[{"key": "a"}, {"key": "b"}]))
    [rest] = segments(result, "f")
    assert rest["variant"] == "off"
    assert [each["range"] for each in rest["bucket"]["allocations"]] == [[0, 100]]


@pytest.mark.parametrize(
    ("bucketing", "selector", "salt"),
    [
        ({}, ["context", "user", "user_id"], "f"),
        ({"salt": "s"}, ["context", "user", "user_id"], "s"),
        ({"key": "user.device_id"}, ["context", "user", "device_id"], "f"),
        ({"key": "user.properties['a.b']"}, ["context", "user", "user_properties", "a.b"], "f"),
        ({"unit": "company"}, ["context", "groups", "company", "group_name"], "f"),
        (
            {"unit": "company", "key": "groups.company.properties.region"},
            ["context", "groups", "company", "group_properties", "region"],
            "f",
        ),
    ],
)
def test_a_bucket_is_made_of_the_salt_and_the_value_at_the_key(bucketing, selector, salt):
    result = compiled(flag("f", bucketing=bucketing, allOtherUsers={"percent": 5}))
    bucket = segments(result, "f")[0]["bucket"]
    assert (bucket["selector"], bucket["salt"]) == (selector, salt)


def test_the_salt_is_the_key_and_not_the_name_of_the_resource():
    result = compiled(flag("f", key="the-key", allOtherUsers={"percent": 5}))
    assert segments(result, "the-key")[0]["bucket"]["salt"] == "the-key"


def test_a_variants_value_is_its_key_unless_it_says_otherwise():
    result = compiled(flag("f", variants=[{"key": "a"}, {"key": "b", "value": "", "payload": {"x": [1]}}]))
    assert only(result, "f")["variants"] == {
        "off": {"key": "off", "metadata": {"default": True}},
        "a": {"key": "a", "value": "a"},
        "b": {"key": "b", "value": "", "payload": {"x": [1]}},
    }


@pytest.mark.parametrize("payload", [False, 0, "", [], {}])
def test_an_empty_payload_is_a_payload(payload):
    result = compiled(flag("f", variants=[{"key": "on", "payload": payload}], offPayload=payload))
    variants = only(result, "f")["variants"]
    assert variants["on"]["payload"] == payload
    assert variants["off"] == {"key": "off", "payload": payload, "metadata": {"default": True}}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, {"flagType": "release", "evaluationMode": "remote"}),
        ({"type": "Experiment"}, {"flagType": "experiment"}),
        ({"evaluationMode": "Local"}, {"evaluationMode": "local"}),
        ({"tracking": {"experimentKey": "exp-1"}}, {"experimentKey": "exp-1"}),
        ({"tracking": {"exposure": False}}, {"trackExposure": False}),
        ({"metadata": {"team": "payments", "tier": 1}}, {"team": "payments", "tier": 1}),
        ({"metadata": {"deployed": "no"}}, {"deployed": True}),
    ],
)
def test_metadata_is_amplitudes_and_the_flags_own(spec, expected):
    metadata = only(compiled(flag("f", **spec)), "f")["metadata"]
    assert metadata | expected == metadata
    plain = {"deployed", "evaluationMode", "flagType", "flagVersion"}
    assert set(metadata) == plain | set(expected)


def test_flags_of_the_same_variants_share_them_but_not_what_off_carries():
    same = flag("f", variants=[{"key": "a", "payload": {"columns": 2}}, {"key": "b"}]).spec.variants
    found = compiled(flag("f", variants=same), flag("g", variants=same), flag("h", variants=same, offPayload=1))
    one, other, third = (only(found, key)["variants"] for key in "fgh")
    assert one is other
    assert third == {**one, "off": {"key": "off", "payload": 1, "metadata": {"default": True}}}
    assert [*third] == ["off", "a", "b"]


def test_the_flag_version_is_the_generation():
    assert only(compiled(flag("f", meta={"generation": 7})), "f")["metadata"]["flagVersion"] == 7


def test_who_sees_a_flag_travels_beside_it():
    result = compiled(flag("f", deployments=["web", "ios"]), flag("g"), deployment("web"), deployment("ios"))
    assert result.ruleset.visibility == {"f": frozenset({"web", "ios"})}
    assert "deployments" not in only(result, "f")


def test_a_deployment_that_does_not_exist_is_a_warning_and_the_flag_is_published():
    result = compiled(flag("f", deployments=["web"]))
    assert [(each.severity, each.path, each.reason) for each in result.diagnostics] == [
        ("warning", "spec.deployments[0]", "ReferenceMissing")
    ]
    assert names(result, "f") == ["All Other Users"]


def test_testers_are_any_of_users_devices_cohorts_and_groups():
    testers = {
        "userIds": ["ann", "ann"],
        "deviceIds": ["d"],
        "cohorts": ["firms", "vip"],
        "groups": {"team": ["x"], "company": ["acme"], "empty": []},
    }
    result = compiled(
        flag("f", variants=[{"key": "on", "testers": testers}]), cohort("vip"), cohort("firms", unit="company")
    )
    [included, _] = segments(result, "f")
    assert included["conditions"] == [
        [{"selector": ["context", "user", "user_id"], "op": "is", "values": ["ann"]}],
        [{"selector": ["context", "user", "device_id"], "op": "is", "values": ["d"]}],
        [{"selector": ["context", "user", "cohort_ids"], "op": "set contains any", "values": ["vip"]}],
        [{"selector": ["context", "groups", "company", "cohort_ids"], "op": "set contains any", "values": ["firms"]}],
        [{"selector": ["context", "groups", "company", "group_name"], "op": "is", "values": ["acme"]}],
        [{"selector": ["context", "groups", "team", "group_name"], "op": "is", "values": ["x"]}],
    ]


def test_testers_that_name_nobody_make_no_segment():
    result = compiled(flag("f", variants=[{"key": "on", "testers": {}}], offTesters={"groups": {"team": []}}))
    assert names(result, "f") == ["All Other Users"]


def test_a_cohort_of_testers_must_exist():
    result = compiled(flag("f", offTesters={"cohorts": ["vip"]}))
    assert findings(result) == [("f", "spec.offTesters.cohorts[0]", "ReferenceMissing")]


def test_a_sticky_flag_reads_the_variant_that_the_user_had():
    result = compiled(flag("f", sticky=True))
    assert segments(result, "f")[0]["conditions"] == [
        [{"selector": ["context", "user", "user_properties", "[Experiment] f"], "op": "is", "values": ["on"]}]
    ]
