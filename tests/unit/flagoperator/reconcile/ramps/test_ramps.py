"""What becomes of flags with ramps, from the objects of the cluster to what the replicas admit."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from flagd.engine import Engine
from flagoperator.reconcile.projects import findings_of
from tests.unit.flagoperator.reconcile.cluster import ref
from tests.unit.flagoperator.reconcile.ramps.country import STEPS, Country, flag, ramping

if TYPE_CHECKING:
    from collections.abc import Callable

MATCH = [{"attribute": "user.country", "op": "is", "values": ["DE"]}]


def segment(name: str, percent: int = 100, country: str = "DE", **rollout: Any) -> dict[str, Any]:
    match = [{"attribute": "user.country", "op": "is", "values": [country]}]
    return {"name": name, "match": match, "rollout": {"percent": percent} | rollout}


def plain(percent: int = 100, **spec: Any) -> dict[str, Any]:
    return {key: value for key, value in flag(percent, **spec).items() if key != "ramp"}


def test_a_flag_walks_from_nobody_to_its_goal():
    country = ramping()
    seen = [country.served()]
    for seconds in (600, 1200, 60):
        country.after(seconds - 1)
        seen.append(country.served())
        country.after(1)
    assert seen == [5, 5, 25, 100]
    assert country.truth() == {"Ready": "True Compiled", "Published": "True Published", "RolledOut": "True Completed"}
    assert country.status()["effective"]["rollout"] == "100"


def test_a_table_shows_where_it_is():
    assert ramping().status()["effective"]["rollout"] == "5→100 1/3 Holding"


def test_the_percents_of_a_run_are_those_of_the_whole_flag_for_everybody_who_reads_the_status():
    effective = ramping(segments=[segment("Germany", 50)]).status()["effective"]
    assert effective["allocations"][0].items() >= {"name": "Germany", "percent": "5"}.items()
    assert effective["percent"] == "5"
    assert effective["rollout"] == "5→50 1/3 Holding +1 segment"


@pytest.mark.parametrize("forget", [False, True], ids=["replicas say what they serve", "only the statuses are left"])
def test_a_restart_between_any_two_moments_changes_nothing(forget: bool):
    calm, troubled = ramping(), ramping()
    for _ in range(40):
        for country in (calm, troubled):
            country.after(60)
        troubled.restart(forget=forget)
        assert troubled.served() == calm.served()
        assert troubled.status()["rollout"] == calm.status()["rollout"]
        assert troubled.truth() == calm.truth()


def test_a_rise_is_served_only_once_it_is_in_the_status_so_that_a_restart_takes_nobody_out():
    country = ramping()
    country.writing = False
    country.after(600)
    assert country.served() == 5
    country.restart(forget=True)
    assert country.served() == 5
    country.writing = True
    country.settle()
    assert country.served() == 25
    country.restart(forget=True)
    assert country.served() == 25


@pytest.mark.parametrize(
    "lowered", [{"allOtherUsers": {"percent": 2}}, {"active": False}, {"allOtherUsers": {"percent": 0}}], ids=str
)
@pytest.mark.parametrize("state", ["running", "unacknowledged", "unwritten", "paused", "rolled out"])
def test_down_is_never_slowed(lowered: dict[str, Any], state: str):
    country = ramping()
    if state == "rolled out":
        for _ in range(3):
            country.after(3600)
        assert country.served() == 100
    country.paused = state == "paused"
    country.acknowledging, country.writing = state != "unacknowledged", state != "unwritten"
    country.put("Flag", "checkout", **flag() | lowered)
    country.take()
    assert country.served() == (2 if lowered.get("allOtherUsers") == {"percent": 2} else 0)


def test_activating_a_flag_is_a_rise_from_nobody():
    country = ramping()
    country.after(600)
    country.put("Flag", "checkout", **flag(active=False))
    country.settle()
    assert country.served() == 0
    country.put("Flag", "checkout", **flag())
    country.take()
    assert country.served() == 0
    country.settle()
    assert country.served() == 5


def rise(country: Country) -> None:
    country.put("Flag", "checkout", **flag(100))


def plan_comes(country: Country) -> None:
    country.put("FlagRolloutPlan", "standard", steps=STEPS)


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "in one apply"])
@pytest.mark.parametrize("order", [(rise, plan_comes), (plan_comes, rise)], ids=["flag first", "plan first"])
def test_flag_and_plan_come_in_any_order(order: tuple[Callable[[Country], None], ...], together: bool):
    country = Country()
    for come in order:
        come(country)
        if not together:
            country.settle()
            assert country.served() in (0, 5)
    country.settle()
    assert country.served() == 5


@pytest.mark.parametrize("served", [0, 7, 40])
def test_a_ramp_that_comes_with_a_higher_goal_begins_where_the_flag_stands(served: int):
    country = Country()
    country.put("FlagRolloutPlan", "standard", steps=STEPS)
    country.put("Flag", "checkout", **plain(served))
    country.settle()
    assert country.served() == served
    country.put("Flag", "checkout", **flag(100))
    country.take()
    assert country.served() == served
    country.settle()
    assert country.served() == next(each for each in (5, 25, 100) if each > served)


def test_the_same_while_no_operator_runs():
    country = Country()
    country.put("FlagRolloutPlan", "standard", steps=STEPS)
    country.put("Flag", "checkout", **plain(40))
    country.settle()
    country.put("Flag", "checkout", **flag(100))
    country.restart(forget=True)
    assert country.served() == 100 or country.walk() is not None
    assert country.status()["rollout"]["run"]["from"] == [{"name": "All Other Users", "percent": "40"}]


def test_a_default_plan_over_flags_at_their_goals_moves_nobody():
    country = Country()
    for number in range(20):
        country.put("Flag", f"f{number}", **plain(number * 5))
    country.settle()
    country.put("FlagRolloutPlan", "standard", steps=STEPS, default=True)
    country.settle()
    assert [country.served(f"f{number}") for number in range(20)] == [number * 5 for number in range(20)]
    assert country.truth("f3")["RolledOut"] == "True Idle"
    country.put("Flag", "f0", **plain(100))
    country.settle()
    assert country.served("f0") == 5


def test_a_default_plan_counts_for_what_comes_in_the_same_apply():
    country = Country()
    country.put("Flag", "checkout", **plain(0))
    country.settle()
    country.put("Flag", "checkout", **plain(100))
    country.put("FlagRolloutPlan", "standard", steps=STEPS, default=True)
    country.settle()
    assert country.served() == 5


def test_without_its_default_plan_a_flag_that_rests_is_as_before():
    country = Country()
    country.put("FlagRolloutPlan", "standard", steps=STEPS, default=True)
    country.put("Flag", "checkout", **plain(0))
    country.settle()
    country.delete("FlagRolloutPlan", "standard")
    country.settle()
    assert country.walk() is None
    assert "rollout" not in country.status()
    country.put("Flag", "checkout", **plain(100))
    country.settle()
    assert country.served() == 100


def edit_plan(country: Country) -> None:
    country.put("FlagRolloutPlan", "standard", steps=[{"percent": 90}, {"percent": 100}])


def delete_plan(country: Country) -> None:
    country.delete("FlagRolloutPlan", "standard")


def remove_ramp(country: Country) -> None:
    country.put("Flag", "checkout", **plain())


@pytest.mark.parametrize("remove", [edit_plan, delete_plan, remove_ramp])
def test_taking_the_brake_out_does_not_open_the_throttle(remove: Callable[[Country], None]):
    country = ramping()
    remove(country)
    country.settle()
    assert country.served() == 5
    country.restart()
    assert country.served() == 5
    country.after(600)
    assert country.served() == 25  # by the plan that it began with
    assert country.truth()["Ready"] == "True Compiled"


def test_a_ramp_that_is_removed_with_a_raised_goal_lets_nobody_in():
    country = ramping(5)
    country.after(3600)
    country.put("Flag", "checkout", **plain(100))
    country.settle()
    assert country.served() == 5
    assert country.truth()["Stalled"] == "True RampRemoved"
    country.put("Flag", "checkout", **plain(100) | {"ramp": {"immediate": True}})
    country.settle()
    assert country.served() == 100
    assert country.truth()["RolledOut"].startswith("True")


def test_a_restart_that_missed_statuses_moves_nobody_up_by_a_run_that_was_ended():
    country = ramping()
    country.writing = False
    country.put("Flag", "checkout", **flag(0))
    country.settle()
    country.put("Flag", "checkout", **plain(100))
    country.settle()
    country.restart()
    country.after(3600)
    assert country.served() == 0
    country.writing = True
    country.settle()
    assert country.truth()["Stalled"] == "True RampRemoved"


def test_a_flag_whose_plan_is_not_there_stays_where_it_is_and_says_so():
    country = Country()
    country.put("Flag", "checkout", **flag(100))
    country.settle()
    assert country.served() == 0
    found = country.truth()
    assert (found["Ready"], found["Stalled"]) == ("False PlanNotFound", "True PlanNotFound")
    assert found["Published"] == "True Published"


def test_a_plan_with_an_error_moves_nobody_forward_until_it_is_right():
    country = ramping()
    country.put("FlagRolloutPlan", "standard", steps=[{"percent": 50}, {"percent": 5}])
    country.after(3600)
    assert country.served() == 5
    assert country.status()["rollout"]["reason"] == "PausedInGit"
    country.put("FlagRolloutPlan", "standard", steps=STEPS)
    country.settle()
    assert country.served() == 25


@pytest.mark.parametrize("where", ["plan", "ramp"])
def test_the_brake_in_git_is_live_in_a_plan_that_a_run_has_frozen(where: str):
    country = ramping()
    token = country.status()["rollout"]["token"]
    if where == "plan":
        country.put("FlagRolloutPlan", "standard", steps=STEPS, paused=True)
    else:
        country.put("Flag", "checkout", **flag() | {"ramp": {"plan": "standard", "paused": True}})
    country.after(3600)
    assert country.served() == 5
    assert (country.status()["rollout"]["phase"], country.status()["rollout"]["reason"]) == ("Paused", "PausedInGit")
    assert country.status()["rollout"]["token"] == token
    assert country.truth()["Ready"] == "True Compiled"


@pytest.mark.parametrize("restart", [False, True])
def test_a_flag_that_becomes_invalid_during_a_run_holds(restart: bool):
    country = ramping()
    country.put("Flag", "checkout", **flag(), surprise=1)
    country.after(3600)
    if restart:
        country.restart()
    country.after(3600)
    assert country.served() == 5
    assert country.truth()["Ready"].startswith("False")
    assert country.status()["rollout"]["step"] == "1/3"
    country.put("Flag", "checkout", **flag())
    country.settle()
    assert country.served() == 25


@pytest.mark.parametrize(
    "spoil",
    [
        lambda status: status.pop("rollout"),
        lambda status: status.update(rollout={"phase": "Whatever"}),
        lambda status: status["effective"].update(allocations=[{"name": 5}]),
        lambda status: status.clear(),
    ],
    ids=["no rollout", "another form", "other allocations", "nothing"],
)
def test_a_status_that_somebody_spoiled_moves_nobody(spoil: Callable[[dict[str, Any]], Any]):
    country = ramping()
    country.after(600)
    spoil(country.objects[ref()]["status"])
    country.restart()
    assert country.walk() is not None
    assert country.status()["effective"]["allocations"][0]["percent"] in ("25", "100")
    started = country.status()["rollout"]["run"]["from"][0]
    assert started["percent"] == "25"  # another run, from what is served


def test_a_flag_of_which_nobody_knows_where_it_stands_holds_and_says_so():
    country = ramping()
    country.after(600)
    served = country.published
    country.objects[ref()]["status"].clear()
    country.watch_health = False
    for _ in range(2):  # the status of the first restart is no evidence for the second
        country.restart(forget=True)
        country.after(3600)
        assert country.truth() == {
            "Ready": "Unknown StandingUnknown",
            "Published": "Unknown StandingUnknown",
            "Reconciling": "True StandingUnknown",
            "RolledOut": "False StandingUnknown",
        }
        assert not {"percent", "allocations"} & country.status()["effective"].keys()
        assert country.model.projects.unknown == {"shop"}
    country.model.projects.hear(served)
    country.settle()
    assert country.status()["rollout"]["run"]["from"][0]["percent"] == "25"
    assert country.served() == 100  # the first step above; what it was at its old one is lost
    assert country.truth()["Ready"] == "True Compiled"


def test_a_flag_that_no_replica_serves_is_new():
    country = ramping()
    country.objects[ref()]["status"].clear()
    country.watch_health = False
    country.restart(forget=True)
    country.model.projects.hear({})
    country.settle()
    assert country.status()["rollout"]["run"]["from"][0]["percent"] == "0"


def test_names_keep_their_percents_and_new_segments_let_nobody_in():
    country = ramping(segments=[segment("Germany"), segment("France", country="FR")])
    renamed = [segment("Frankreich", country="FR"), segment("Germany"), segment("Italy", country="IT")]
    country.put("Flag", "checkout", **flag(segments=renamed))
    country.take()
    assert [country.served(allocation=each) for each in ("Frankreich", "Germany", "Italy")] == [5, 5, 5]


def test_a_hold_counts_only_while_every_ready_replica_serves_the_step():
    country = ramping()
    country.acknowledging = False
    country.replicas.revisions = {}
    country.settle()
    country.after(3600)
    assert (country.served(), country.status()["rollout"]["reason"]) == (5, "Publishing")
    country.acknowledging = True
    country.settle()
    country.after(599)
    assert country.served() == 5
    country.after(1)
    assert country.served() == 25


def test_verbs_are_heard_once():
    country = ramping()
    run = country.status()["rollout"]["run"]["id"]
    country.ask("pause", run)
    country.after(3600)
    assert (country.served(), country.status()["rollout"]["reason"]) == (5, "Manual")
    country.ask("resume", country.status()["rollout"]["token"])
    country.settle()
    country.ask("promote", country.status()["rollout"]["token"])
    country.settle()
    assert country.served() == 100
    assert [each["verb"] for each in country.status()["rollout"]["handled"]] == ["pause", "resume", "promote"]
    country.put("Flag", "checkout", **flag(0))
    country.settle()
    country.put("Flag", "checkout", **flag(100))
    country.settle()
    assert country.served() == 5  # the same annotations mean nothing to another run


def test_an_abort_goes_back_and_stays_there():
    country = ramping()
    country.after(600)
    country.ask("abort", country.status()["rollout"]["run"]["id"])
    country.settle()
    assert country.served() == 0
    found = country.truth()
    assert (found["Ready"], found["Stalled"], found["RolledOut"]) == (
        "False RolledBack",
        "True RolledBack",
        "False Aborted",
    )
    country.restart()
    country.after(36_000)
    assert country.served() == 0
    country.ask("retry", "once more")
    country.settle()
    assert country.served() == 5


def test_an_approval_is_waited_for():
    country = Country()
    steps = [{"percent": 5, "approval": True}, {"percent": 100}]
    country.put("Flag", "checkout", **flag() | {"ramp": {"steps": steps}})
    country.settle()
    country.after(36_000)
    rollout = country.status()["rollout"]
    assert (country.served(), rollout["reason"], country.truth()["Ready"]) == (5, "AwaitingApproval", "True Compiled")
    country.ask("approve", rollout["token"])
    country.settle()
    assert country.served() == 100


def test_an_approval_is_asked_for_as_soon_as_the_hold_is_over_though_nothing_else_happens():
    country = Country()
    steps = [{"percent": 5, "hold": "10m", "approval": True}, {"percent": 100}]
    country.put("Flag", "checkout", **flag() | {"ramp": {"steps": steps}})
    country.settle()
    country.after(599)
    walk = country.walk()
    assert walk is not None
    assert (walk.state.reason, walk.due(country.now), walk.due(country.now + 1)) == ("Holding", False, True)
    country.after(1)
    assert country.status()["rollout"]["reason"] == "AwaitingApproval"


def test_of_two_default_plans_the_oldest_counts_and_the_other_says_so():
    country = Country()
    for name in ("one", "two"):
        country.put("FlagRolloutPlan", name, steps=STEPS, default=True)
    country.settle()
    ready = {name: country.status(name, "FlagRolloutPlan")["conditions"][0] for name in ("one", "two")}
    assert (ready["one"]["status"], ready["two"]["reason"]) == ("True", "AnotherDefault")


def test_no_step_moves_another_flag():
    country = ramping()
    country.put("Flag", "other", **plain(40))
    country.settle()
    form = country.published["shop"].flags["other"]
    country.after(600)
    assert country.published["shop"].flags["other"] is form


def test_no_step_changes_the_variant_of_anybody_who_is_in():
    split = {"percent": 100, "weights": {"a": 1, "b": 3}}
    country = ramping(variants=[{"key": "a"}, {"key": "b"}], allOtherUsers=split)
    seen: list[dict[str, str]] = []
    for seconds in (0, 600, 1200):
        country.after(seconds)
        engine = Engine(country.model.projects.compiled["shop"].ruleset.flags.values())
        users = {f"user-{number}": {"user": {"user_id": f"user-{number}"}} for number in range(2_000)}
        found = {user: engine.variant(context, "checkout") for user, context in users.items()}
        seen.append({user: each.key for user, each in found.items() if each is not None and each.key in ("a", "b")})
    few, more, everybody = seen
    assert 0 < len(few) < len(more) < len(everybody) == 2_000
    assert few.items() <= more.items() <= everybody.items()


def test_a_deleted_flag_is_forgotten_and_another_of_its_name_begins_with_nobody():
    country = ramping()
    country.delete("Flag", "checkout")
    country.settle()
    assert country.walk() is None
    country.put("Flag", "checkout", **flag())
    country.take()
    assert country.served() == 0


def test_decisions_are_told_in_the_form_of_cloud_events(caplog: pytest.LogCaptureFixture):
    with caplog.at_level("INFO"):
        country = ramping()
    events = [vars(record)["fields"] for record in caplog.records if "fields" in vars(record)]
    assert [each["type"] for each in events] == ["dev.flagoperator.rollout.Started", "dev.flagoperator.rollout.Step"]
    last = events[-1]
    assert (last["specversion"], last["source"]) == ("1.0", "/namespaces/shop/flags/checkout")
    assert last["data"]["allocations"] == [{"name": "All Other Users", "from": "0", "to": "5"}]
    assert last["data"]["run"] == country.status()["rollout"]["run"]["id"]
    assert country.told.reasons == ["RolloutStarted", "RolloutStep"]


def test_a_ramp_that_is_removed_during_a_run_is_told_once():
    country = ramping()
    remove_ramp(country)
    country.settle()
    country.restart()
    country.after(600)
    assert country.told.reasons.count("RolloutRampRemoved") == 0  # the operator before has told it
    assert [each["reason"] for each in country.status()["rollout"]["history"]].count("RampRemoved") == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"segments": [segment("Germany", country="AT")]}, True),
        ({"segments": [segment("Germany", weights={"on": 1, "other": 3})]}, True),
        ({"bucketing": {"salt": "new"}, "allowRebucket": True}, True),
        ({"variants": [{"key": "on"}, {"key": "other"}, {"key": "more"}]}, True),
        ({"variants": [{"key": "other"}, {"key": "on"}]}, True),
        ({"allOtherUsers": {"percent": 100, "weights": {"on": 1, "other": 3}}}, True),
        ({"allOtherUsers": {"percent": 90, "weights": {"on": 1, "other": 3}}}, True),
        ({"allOtherUsers": {"percent": 100, "weights": {"on": 2, "other": 2}}}, False),
        ({"allOtherUsers": {"percent": 90}}, False),
        ({"description": "new words"}, False),
        ({"ramp": {"plan": "standard", "paused": True}}, False),
    ],
    ids=str,
)
def test_what_an_edit_changes_at_once_is_told(change: dict[str, Any], told: bool):
    before = {"variants": [{"key": "on"}, {"key": "other"}], "segments": [segment("Germany")]}
    country = ramping(**before)
    run = country.status()["rollout"]["run"]["id"]
    country.put("Flag", "checkout", **flag(**before) | change)
    country.settle()
    assert ("RolloutNotRamped" in country.told.reasons) is told
    assert country.status()["rollout"]["run"]["id"] == run


def test_weights_that_are_changed_during_a_run_warn_with_the_share_of_those_who_are_in_and_move():
    variants = [{"key": "on"}, {"key": "other"}]
    country = ramping(variants=variants)
    split = {"percent": 100, "weights": {"on": 1, "other": 3}}
    country.put("Flag", "checkout", **flag(variants=variants, allOtherUsers=split))
    country.take()
    entry = country.model.cache.entry(ref("checkout"))
    assert entry is not None
    told = [each.message for each in findings_of(entry, country.model.projects.compiled["shop"])]
    assert told == ["this edit moves users in All Other Users: 25.00% of the users who have a variant get another one"]
    assert country.served() == 5


def test_a_changed_segment_that_flags_share_begins_the_hold_again():
    country = Country()
    country.put("FlagSegment", "eu", match=MATCH)
    country.put("FlagRolloutPlan", "standard", steps=STEPS)
    shared = {"name": "EU", "segmentRefs": ["eu"], "rollout": {"percent": 100}}
    country.put("Flag", "checkout", **flag(segments=[shared]))
    country.settle()
    country.after(599)
    country.put("FlagSegment", "eu", match=[{"attribute": "user.country", "op": "is", "values": ["AT"]}])
    country.settle()
    country.after(599)
    assert country.served() == 5
    assert country.status()["rollout"]["token"].endswith("-1-1.1")
    country.after(1)
    assert country.served() == 25


def test_other_words_about_a_flag_begin_nothing_again():
    country = ramping()
    country.after(599)
    country.put("Flag", "checkout", **flag(description="other words"))
    country.settle()
    country.after(1)
    assert country.served() == 25


def test_many_steps_at_one_moment_are_taken_in_turns(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("flagoperator.reconcile.ramps.ramps.MOST_AT_ONCE", 2)
    country = Country()
    country.put("FlagRolloutPlan", "standard", steps=STEPS)
    for number in range(7):
        country.put("Flag", f"f{number}", **flag())
    country.settle()
    country.after(600)
    assert {country.served(f"f{number}") for number in range(7)} == {25}


def test_a_look_is_taken_while_many_changes_are_compiled_in_another_thread():
    country = Country()
    for number in range(500):
        country.put("Flag", f"f{number}", **flag())
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(1) as pool:
            compiling = pool.submit(country.model.projects.take, country.model.cache.drain())
            while not compiling.done():
                country.walker.look()
        assert compiling.result()
    finally:
        sys.setswitchinterval(before)
