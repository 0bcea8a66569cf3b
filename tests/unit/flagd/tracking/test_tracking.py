"""Tracking: exposures once for each user, flag and variant; assignments only where they are wanted."""

from flagd.tracking import Tracking
from tests.unit.flagd.tracking.lookups import OFF, ON, Ruleset, context


def _told(work, **options):
    taken = []
    tracking = Tracking(taken.extend, **options)
    work(tracking)
    tracking.close()
    assert (tracking.sent, tracking.dropped) == (len(taken), 0)
    return [event.as_json() for event in taken]


def test_an_exposure_is_told_once_and_says_who_what_when_and_by_which_rules():
    def work(tracking):
        for _ in range(3):
            tracking.expose(context(device_id="d", groups={"company": {"name": "acme"}}), "a", ON, Ruleset)

    (event,) = _told(work, clock=lambda: 1_700_000_000.5)
    assert (event["user_id"], event["device_id"], event["groups"]) == ("eve", "d", {"company": ["acme"]})
    assert event["time"] == 1_700_000_000_500
    assert event["event_properties"]["[Experiment] Variant"] == "on"


def test_ids_that_differ_by_spaces_only_are_one_user():
    def work(tracking):
        for user_id in ("eve", " eve ", "eve\t"):
            tracking.expose(context(user_id), "a", ON, Ruleset)

    assert len(_told(work)) == 1


def test_what_is_the_default_or_not_to_be_tracked_is_told_nobody():
    untracked = type(ON)("on", None, None, {"trackExposure": False}, ON.reason, "")

    def work(tracking):
        tracking.expose(context(), "a", OFF, Ruleset)
        tracking.expose(context(), "b", untracked, Ruleset)

    assert _told(work) == []


def test_assignments_are_told_once_where_they_are_wanted_and_never_of_nothing():
    def work(tracking):
        for found in ({"a": ON, "b": OFF}, {"b": OFF, "a": ON}, {}):
            tracking.assign(context(), found, Ruleset)

    (event,) = _told(work, assignments=True)
    assert event["event_properties"] == {"a.variant": "on", "a.details": "v3 rule:pros", "b.variant": "off"}
    assert _told(work) == []
