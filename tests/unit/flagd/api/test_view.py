import pytest

from flagd.api.answer import Answers
from flagd.api.discretion import Discretion
from flagd.api.view import View
from flagd.engine import evaluation_context
from flagd.metrics import Metrics
from flagd.rpc.status import NotFound
from flagd.ruleset import Ruleset
from flagd.snapshot import Snapshot
from flagd.v1.evaluation_pb2 import EvaluateResponse
from tests.unit.flagd.compiler.manifest import compiled, deployment, flag, mutex, needing

ANN = evaluation_context({"user_id": "ann"})
RESOURCES = [
    flag("web", deployments=["web"]),
    needing("child", "web", deployments=["app"]),
    flag("bare"),
    mutex("g", a=100),
]
SNAPSHOT = Snapshot.make(compiled(*RESOURCES, deployment("web"), deployment("app")).ruleset, None, 1.5)


def view(*deployments, metrics=None):
    return View(SNAPSHOT, frozenset(deployments) or None, Answers("default", metrics or Metrics()), Discretion())


@pytest.mark.parametrize(
    ("deployments", "keys"), [((), ["bare", "child", "web"]), (("web",), ["web"]), (("app", "web"), ["child", "web"])]
)
def test_a_caller_sees_the_flags_of_its_deployments_and_no_group(deployments, keys):
    assert view(*deployments).keys == keys
    assert view(*deployments).entries(ANN, []).keys() == set(keys)


@pytest.mark.parametrize("deployments", [(), ("web",), ("app", "web")])
def test_the_answers_of_all_flags_are_those_of_each(deployments):
    keys, entries = view(*deployments).all_entries(ANN)
    assert dict(zip(keys, entries, strict=True)) == view(*deployments).entries(ANN, view(*deployments).keys)


def test_flags_without_hidden_ones_are_answered_and_counted_alike():
    metrics = Metrics()
    snapshot = Snapshot.make(compiled(flag("a"), flag("b")).ruleset, None, 1.5)
    whole = View(snapshot, None, Answers("default", metrics), Discretion())
    keys, entries = whole.all_entries(ANN)
    assert dict(zip(keys, entries, strict=True)) == whole.entries(ANN, ["a", "b"])
    whole.count(whole.variants(ANN, ()), ANN)
    assert [series.count for series in metrics.evaluations.values()] == [3, 3]


def test_a_flag_that_is_not_seen_is_unknown():
    with pytest.raises(NotFound):
        view("web").variant(ANN, "bare")
    assert view("web").variant(ANN, "web").key == "on"


def test_the_nearest_flag_is_one_that_is_seen():
    assert 'did you mean "web"?' in view("web").why_unknown("wed")
    assert "child" not in view("web").why_unknown("chil")


def test_what_a_flag_depends_on_is_answered_only_to_who_sees_it():
    assert view("app").variants(ANN, ["child"]).keys() == {"child"}


def test_a_client_key_learns_no_segment():
    assert view("web").variant(ANN, "web").segment == ""
    assert view().variant(ANN, "web").segment == "All Other Users"


def test_the_same_view_of_a_later_look_says_so():
    later = view().at(SNAPSHOT.at(9.0).lost())
    tail = EvaluateResponse.FromString(later.tail)
    assert (tail.revision, tail.stale, tail.as_of.seconds) == (SNAPSHOT.revision, True, 9)
    assert later.keys == view().keys


def test_flags_of_one_cycle_that_lack_an_off_are_each_answered_by_their_own_key():
    """Only a publisher that is not our operator sends such flags."""
    unmet = [[{"selector": ["result", "parent", "key"], "op": "is not", "values": ["on"]}]]
    flags = {
        key: {"key": key, "variants": {}, "segments": [{"variant": "off", "conditions": unmet}], "dependencies": [key]}
        for key in ("a", "b")
    }
    answers = Answers("default", Metrics())
    odd = View(Snapshot.make(Ruleset("default", flags, {}, {}, {}, "r"), None, 1.5), None, answers, Discretion())
    for asked in (["a"], ["b"], ["a", "b"], []):
        data = b"".join(odd.entries(ANN, asked).values())
        assert EvaluateResponse.FromString(data).variants.keys() == set(asked or ["a", "b"])
