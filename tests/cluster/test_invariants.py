"""The validator finds what it is there to find."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.cluster.history import Absence, Answer, History, Told, Write
from tests.cluster.invariants import violations
from tests.cluster.model import NOT_FOUND, Model
from tests.cluster.script import KEYS, Script
from tests.cluster.traffic import USERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.history import Object
    from tests.cluster.script import Step

STEPS = 40
CLIENTS = ("a", "b")


class Cluster:
    """Takes writes as an API server does, and answers at once as two perfect replicas would."""

    def __init__(self) -> None:
        self.history = History("shop", USERS)
        self._objects: dict[tuple[str, str], Object] = {}
        self._now = 0.0

    def write(self, step: Step) -> None:
        self._now += 1
        done = None if step.object is None else self._put(step.object, step.number)
        if done is None:
            self._objects.pop((step.kind, step.name), None)
        self.history.writes.append(Write(step.kind, step.name, step.number, self._now, self._now + 0.1, done))

    def ask(self) -> None:
        present = History("shop", USERS, writes=self.history.writes, final=list(self._objects.values()))
        numbers = {
            name: obj["spec"]["metadata"]["write"] for (kind, name), obj in self._objects.items() if kind == "Flag"
        }
        model = Model(present)
        flags = {key: Told("", "", numbers[key], None) if key in numbers else NOT_FOUND for key in KEYS}
        for client in CLIENTS:
            for user in USERS:
                answer = Answer(client, user, self._now + 0.3, self._now + 0.5, flags, model.final())
                assert model.segment(answer, 0) is not None
                self.history.answers.append(replace(answer, flags=model.told(answer)))

    def end(self) -> History:
        self.history.final = list(self._objects.values())
        return self.history

    def _put(self, manifest: Object, number: int) -> Object:
        key = manifest["kind"], manifest["metadata"]["name"]
        before = self._objects.get(key, {}).get("metadata", {"uid": f"uid-{number}", "generation": 0})
        metadata = {"name": key[1], "namespace": "shop", **before, "generation": before["generation"] + 1}
        self._objects[key] = {**manifest, "metadata": metadata}
        return self._objects[key]


@cache
def recorded() -> History:
    cluster, script = Cluster(), Script(1)
    for step in script.opening():
        cluster.write(step)
    for _ in range(STEPS):
        cluster.ask()
        cluster.write(script.next())
    cluster.ask()
    return cluster.end()


@pytest.fixture
def history() -> History:
    return copy.deepcopy(recorded())


def change(history: History, at: int, **changes: object) -> None:
    history.answers[at] = replace(history.answers[at], **changes)


def tell(history: History, at: int, flag: str, **changes: object) -> None:
    answer = history.answers[at]
    change(history, at, flags={**answer.flags, flag: replace(answer.flags[flag], **changes)})


def first(history: History, check: Callable[[Answer], bool]) -> int:
    return next(at for at, answer in enumerate(history.answers) if check(answer))


def test_what_follows_the_writes_is_fine(history: History):
    assert {write.object is None for write in history.writes} == {True, False}
    assert any(NOT_FOUND in answer.flags.values() for answer in history.answers)
    assert violations(history) == []


def test_a_replica_that_skips_revisions_is_fine(history: History):
    kept = [answer for answer in history.answers[: -len(USERS)] if answer.client == "a" or answer.asked % 7 < 1]
    history.answers[:] = [*kept, *history.answers[-len(USERS) :]]
    assert violations(history) == []


def other_variant(history: History) -> None:
    told = history.answers[50].flags["still-split"]
    tell(history, 50, "still-split", variant="blue" if told.variant == "on" else "on")


def other_payload(history: History) -> None:
    tell(history, 50, "still-split", payload=77)


def other_reason(history: History) -> None:
    tell(history, 50, "still-split", reason="REASON_TESTER")


def two_revisions_in_one(history: History) -> None:
    at = first(history, lambda answer: answer.asked > 30)
    change(history, at, revision=history.answers[at - 8].revision)


def before_it_was_written(history: History) -> None:
    number = history.answers[80].flags["still-split"].number
    at = next(index for index, write in enumerate(history.writes) if write.number == number)
    history.writes[at] = replace(history.writes[at], begun=1000.0)


def never_written(history: History) -> None:
    tell(history, 80, "still-split", number=999)


def the_write_of_another_flag(history: History) -> None:
    tell(history, 80, "still-split", number=history.answers[80].flags["still-partial"].number)


def back_to_default(history: History) -> None:
    without = history.answers[80].flags | {"still-split": NOT_FOUND}
    change(history, 80, flags=without)


def back_to_an_older_one(history: History) -> None:
    of_one = [at for at, answer in enumerate(history.answers) if answer.client == "b"]
    early, late = of_one[20], of_one[100]
    moved = history.answers[early]
    history.answers.insert(
        late, replace(moved, asked=history.answers[late].asked, answered=history.answers[late].asked)
    )


def a_segment_that_goes_back(history: History) -> None:
    """Repeat an answer of before a write of the segment alone, after it."""
    of_one = [at for at, answer in enumerate(history.answers) if (answer.client, answer.user) == ("b", "ann")]
    for early, late in pairwise(of_one):
        before, after = history.answers[early], history.answers[late]
        if before.revision != after.revision and numbers(before) == numbers(after):
            history.answers.insert(late + 1, replace(before, asked=after.asked, answered=after.answered))
            return
    raise AssertionError("the script writes no segment that matters")


def numbers(answer: Answer) -> list[int | None]:
    return [told.number for told in answer.flags.values()]


def never_converged(history: History) -> None:
    del history.answers[-len(USERS) :]


def a_deletion_that_is_lost(history: History) -> None:
    history.final = [obj for obj in history.final if obj["metadata"]["name"] != "still-split"]


def bucketed_anew_by_one_replica(history: History) -> None:
    flags = {**history.answers[-1].flags}
    told = flags["still-partial"]
    flags["still-partial"] = replace(told, variant="blue" if told.variant != "blue" else "on")
    change(history, -1, flags=flags)


def not_stale_without_an_operator(history: History) -> None:
    history.absences.append(Absence("", 0.0, 45.0))


def stale_in_the_end(history: History) -> None:
    change(history, -1, stale=True)


def calls_that_fail(history: History) -> None:
    change(history, 7, error="UNAVAILABLE")


@pytest.mark.parametrize(
    ("plant", "invariant"),
    [
        (other_variant, "I1"),
        (other_payload, "I1"),
        (other_reason, "I1"),
        (two_revisions_in_one, "I1"),
        (before_it_was_written, "I1"),
        (never_written, "I1"),
        (the_write_of_another_flag, "I1"),
        (back_to_default, "I2"),
        (back_to_an_older_one, "I3"),
        (a_segment_that_goes_back, "I3"),
        (never_converged, "I4"),
        (a_deletion_that_is_lost, "I4"),
        (bucketed_anew_by_one_replica, "I5"),
        (not_stale_without_an_operator, "I7"),
        (stale_in_the_end, "I7"),
        (calls_that_fail, "I8"),
    ],
)
def test_a_planted_violation_is_found(history: History, plant: Callable[[History], None], invariant: str):
    plant(history)
    found = violations(history)
    assert invariant in {each.partition(" ")[0] for each in found}, found


def test_a_call_that_fails_while_its_replica_is_away_is_no_failure(history: History):
    failed = history.answers[7]
    change(history, 7, error="UNAVAILABLE")
    history.absences.append(Absence(failed.client, failed.asked - 1, failed.answered + 1))
    assert violations(history) == []


def test_a_restarted_replica_must_know_what_it_knew(history: History):
    flags = history.answers[0].flags | {"still-split": NOT_FOUND}
    of_one = [answer for answer in history.answers if answer.client == "a"]
    history.answers += [replace(answer, client="a again") for answer in of_one[-2:]]
    history.restarted["a again"] = "a"
    assert violations(history) == []
    change(history, -2, flags=flags)
    assert "I2" in {each.partition(" ")[0] for each in violations(history)}


def test_of_many_violations_the_first_of_each_kind_are_told(history: History):
    history.answers[:] = [replace(answer, revision="0" * 64) for answer in history.answers]
    found = violations(history)
    more = len(history.answers) // len(CLIENTS) - 3
    assert [each for each in found if "more" in each] == [f"I1 {client}: and {more} more" for client in CLIENTS]
    assert sum(each.startswith("I1") for each in found) == len(CLIENTS) * 4


def test_a_script_is_the_same_for_the_same_seed():
    one, same, other = (Script(seed) for seed in (1, 1, 2))
    steps = [one.next() for _ in range(50)]
    assert steps == [same.next() for _ in range(50)]
    assert steps != [other.next() for _ in range(50)]


def test_what_is_retired_is_not_made_again():
    script = Script(1)
    retired = {script.retire().name for _ in range(3)}
    assert retired.isdisjoint(script.next().name for _ in range(100))
