import pytest

from flagctl.dashboard.inventory.item import item_of
from flagctl.dashboard.pages.what_if.dial import DialError, dials_of, turned

SPEC = {
    "active": True,
    "variants": [{"key": "a"}, {"key": "b"}],
    "segments": [
        {
            "name": "Pro",
            "match": [{"attribute": "user.country", "op": "is", "values": ["CA"]}],
            "rollout": {"percent": 40, "weights": {"a": 3}},
        }
    ],
}
ITEM = item_of("Flag", {"metadata": {"name": "it"}, "spec": SPEC})


def test_dials_stand_where_the_flag_does():
    pro, rest = dials_of(ITEM, {})
    assert (pro.name, pro.percent.value, [dial.value for dial in pro.weights]) == ("Pro", "40", ["3", "0"])
    assert (rest.name, rest.percent.value, [dial.value for dial in rest.weights]) == (
        "All Other Users",
        "0",
        ["1", "1"],
    )


def test_a_dial_that_is_turned_changes_the_flag_and_not_the_one_that_is_kept():
    groups = dials_of(ITEM, {"percent-0": "12.5", "weight-rest-1": "4", "percent-rest": "20"})
    spec = turned(ITEM, groups).spec
    assert spec["segments"][0]["rollout"] == {"percent": "12.5", "weights": {"a": 3}}
    assert spec["allOtherUsers"] == {"percent": 20, "weights": {"a": 1, "b": 4}}
    assert "allOtherUsers" not in ITEM.spec


def test_a_ramp_is_where_it_has_come_to():
    status = {"rollout": {"phase": "Progressing"}, "effective": {"allocations": [{"name": "Pro", "percent": "5"}]}}
    item = item_of("Flag", {"metadata": {"name": "it"}, "spec": SPEC, "status": status})
    assert dials_of(item, {})[0].percent.now == "5"


@pytest.mark.parametrize("value", ["101", "-1", "ten", "1e1", "0.0001", "٣", "nan"])
def test_what_is_not_a_percentage_is_said(value):
    with pytest.raises(DialError, match="is not a percentage"):
        turned(ITEM, dials_of(ITEM, {"percent-0": value}))


@pytest.mark.parametrize("value", ["-1", "1.5", "x", "9" * 12])
def test_what_is_not_a_weight_is_said(value):
    with pytest.raises(DialError):
        turned(ITEM, dials_of(ITEM, {"weight-0-0": value}))
