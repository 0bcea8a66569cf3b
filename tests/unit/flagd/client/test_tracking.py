"""Tracking by a client: lookups are exposures, in forks too, and never in tests of a service."""

import json
import os
import threading

import pytest

from flagd.client import FlagClient, User, takeover
from flagd.testing.flags import Flags
from flagd.testing.known import Known
from flagd.tracking import Tracking
from flagd.tracking.sinks import JsonLines
from tests.unit.flagd.client.server import HEARTBEAT, eventually, update
from tests.unit.flagd.client.test_client import EVE, _flag, _ruleset, _undecided
from tests.unit.flagd.client.test_fork import _exit_code, _in_child


@pytest.fixture
def taken():
    return []


@pytest.fixture
def asked(taken):
    """A client that tells `taken` of exposures and assignments."""
    with FlagClient(
        bootstrap=[_flag("a"), _flag("b"), _undecided()], tracking=Tracking(taken.extend, assignments=True)
    ) as one:
        one.wait_ready()
        yield one


def _flags(events):
    return [event.flag_key for event in events]


def _flags_in(path):
    return [json.loads(line)["event_properties"]["[Experiment] Flag Key"] for line in path.read_text().splitlines()]


def test_every_way_to_look_a_flag_up_is_an_exposure_and_the_second_is_none(asked, taken):
    for user in (EVE, {"user_id": "eve"}, User("eve")):
        assert asked.variant("a", user).key == "on"
    asked.variant("b", {"user_id": "eve"})
    asked.close()
    assert _flags(taken) == ["a", "b"]
    assert [event.given.revision for event in taken] == [asked.health().revision] * 2


def test_what_gives_the_default_is_no_exposure(asked, taken):
    asked.variant("nope", EVE)
    asked.variant("none", EVE)
    asked.variant("a", "eve")
    asked.close()
    assert taken == []


def test_all_flags_at_once_are_one_assignment(asked, taken):
    asked.all(EVE)
    asked.all(EVE)
    asked.close()
    assert [(event.type, sorted(event.given.variants)) for event in taken] == [("[Experiment] Assignment", ["a", "b"])]


def test_tests_of_a_service_tell_nobody(asked, taken):
    known = Flags(Known({"a": _flag("a")}))
    known.set("a", "on")
    with takeover.standing_in(known):
        assert asked.variant("a", EVE).key == "on"
        asked.all(EVE)
    asked.close()
    assert taken == []


def test_an_exposure_that_cannot_be_told_is_no_matter_of_the_caller(asked, caplog):
    asked.tracking.expose = None
    assert asked.variant("a", EVE).key == "on"
    assert asked.variant("a", {"user_id": "eve"}).error is None
    assert len([line for line in caplog.messages if "an exposure is lost" in line]) == 1


def test_a_user_whose_id_is_not_a_text_is_told_of(asked, taken):
    for _ in range(2):
        assert asked.variant("a", {"user_id": 7}).key == "on"
    asked.close()
    assert _flags(taken) == ["a"]


def test_one_user_is_told_of_by_every_client_that_tracks(taken):
    others, eve = [], User("eve")
    with (
        FlagClient(bootstrap=[_flag("a")], tracking=Tracking(taken.extend)) as one,
        FlagClient(bootstrap=[_flag("a")], tracking=Tracking(others.extend)) as another,
    ):
        for client in (one, another):
            client.variant("a", User("ann"))
        for client in (one, one, one, another, another, one, another):
            client.variant("a", eve)
    for told in (taken, others):
        assert [event.given.subject.user_id for event in told] == ["ann", "eve"]


def test_one_user_who_gets_another_variant_is_told_of_again(client, server, taken):
    one, eve = client(server.url, tracking=Tracking(taken.extend)), User("eve")
    stream = server.next()
    stream.follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    assert [one.variant("a", eve).key for _ in range(3)] == ["on"] * 3
    stream.more(update(_ruleset("two"), _ruleset()))
    eventually(lambda: one.variant("a", User("ann")).key == "two")
    assert [one.variant("a", eve).key for _ in range(3)] == ["two"] * 3
    one.close()
    eves = [event for event in taken if event.given.subject.user_id == "eve"]
    assert [event.properties["[Experiment] Variant"] for event in eves] == ["on", "two"]


def test_one_user_who_was_forgotten_for_lack_of_room_is_told_of_again(taken):
    eve, ann = User("eve"), User("ann")
    with FlagClient(bootstrap=[_flag("a")], tracking=Tracking(taken.extend, remembered=1)) as one:
        for user in (eve, eve, eve, ann, ann, ann, eve, eve):
            one.variant("a", user)
    assert [event.given.subject.user_id for event in taken] == ["eve", "ann", "eve"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_tells_of_its_own_lookups_and_not_of_those_that_its_parent_has_yet_to_tell(tmp_path):
    let, path = threading.Event(), tmp_path / "events"

    def sink(events):
        assert let.wait(60)
        JsonLines(path)(events)

    with FlagClient(bootstrap=[_flag("a"), _flag("b")], tracking=Tracking(sink)) as one:
        one.wait_ready()
        one.variant("a", EVE)

        def work():
            let.set()
            one.variant("b", EVE)
            one.close()
            return True

        assert _exit_code(_in_child(os.fork, work)) == 0
        assert _flags_in(path) == ["b"]
        let.set()
    assert _flags_in(path) == ["b", "a"]
