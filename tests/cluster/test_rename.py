"""Flags are made, changed, deleted, and made again under another name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.cluster.caller import Caller
from tests.cluster.stage import flag

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

BLUE = [{"key": "blue"}]


def age_by_a_second(stage: Stage, obj: dict[str, Any]) -> None:
    """Wait until what is made from now on is younger than `obj`; the ages of objects are in whole seconds."""
    made = datetime.fromisoformat(obj["metadata"]["creationTimestamp"])
    stage.until(lambda: datetime.now(UTC) >= made + timedelta(seconds=1))


def test_a_flag_is_made_changed_and_deleted(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    with Caller(replica, stage.namespace, "checkout") as caller:
        stage.until(lambda: caller.told)
        stage.apply(flag("checkout"))
        stage.wait("checkout", Published="True")
        stage.until(lambda: caller.told[-1] == "on")
        stage.apply(flag("checkout", variants=BLUE))
        stage.wait("checkout", Published="True")
        stage.until(lambda: caller.told[-1] == "blue")
        stage.delete("Flag", "checkout")
        stage.until(lambda: stage.answer(replica, "checkout")[0] == "")
        stage.until(lambda: caller.told[-1] not in ("on", "blue"))
    assert [each for each in caller.told if each in ("on", "blue")] == ["on", "blue"]


def test_a_flag_made_again_at_once_is_another_one(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    first = stage.wait("checkout", Published="True")
    for _ in range(5):
        stage.delete("Flag", "checkout")
        stage.apply(flag("checkout", variants=BLUE))
    second = stage.wait("checkout", Published="True")
    assert second["metadata"]["uid"] != first["metadata"]["uid"]
    assert second["status"]["servedGeneration"] == 1
    assert stage.variant(replica, "checkout") == "blue"


def test_a_flag_deleted_and_made_under_another_name_keeps_its_key(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    stage.wait("checkout", Published="True")
    stage.delete("Flag", "checkout")
    stage.apply(flag("checkout-v2", key="checkout", variants=BLUE))
    assert stage.wait("checkout-v2", Ready="True", Published="True")["status"]["effective"]["salt"] == "checkout"
    assert stage.variant(replica, "checkout") == "blue"


def test_a_flag_made_under_another_name_before_the_old_one_is_deleted_takes_over_without_a_gap(stage: Stage):
    stage.operator()
    replica = stage.replica("flagd-0")
    stage.apply(flag("checkout"))
    age_by_a_second(stage, stage.wait("checkout", Published="True"))
    stage.until(lambda: stage.variant(replica, "checkout") == "on")
    with Caller(replica, stage.namespace, "checkout") as caller:
        stage.apply(flag("checkout-v2", key="checkout", variants=BLUE))
        stage.wait("checkout-v2", Ready="KeyConflict", Stalled="True", Published="NotServed")
        assert stage.condition("Flag", "checkout", "Ready")["status"] == "True"
        stage.until(lambda: caller.told == ["on"])
        stage.delete("Flag", "checkout")
        found = stage.wait("checkout-v2", Ready="True", Published="True")
        stage.until(lambda: caller.told[-1] == "blue")
    assert caller.told == ["on", "blue"]
    assert {each["type"] for each in found["status"]["conditions"]} == {"Ready", "Published", "RolledOut"}
