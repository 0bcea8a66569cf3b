"""Samples of a process: which answers are counted, and what an operator is told."""

import gc

from flagd.api.answer import Answers
from flagd.metrics import Metrics
from flagd.sampling import OwnSamples, Samples
from flagd.sampling.samples import MOST_SAMPLES, TELL, TELL_BYTES
from flagd.v1.ruleset_pb2 import AdmissionQuery
from tests.unit.flagd.sampling.rising import REST, engine_of, rising, user

QUERY = AdmissionQuery(project="shop", flag="f", run="run-1")


def answering(samples, ruleset, previous=None):
    """Return what answers users of ``f``, and keeps its answers."""
    engine, answers = engine_of(ruleset), Answers("shop", Metrics(), previous, samples)

    def answer(count, start=0):
        for number in range(start, start + count):
            context = user(f"user {number}")
            answers.entry("f", engine.variant(context, "f"), context)
        return answers

    return answer


def users(found):
    return {
        (part.arm, part.variant): len(part.slots) // 2 for each in found for part in each.parts if len(part.slots) > 0
    }


def test_users_of_a_run_are_told_by_what_they_were_told_each_once_and_only_news():
    samples, told = Samples(), {}
    answer = answering(samples, rising())
    kept = answer(200)
    (found,) = samples.report([QUERY], told)
    assert (found.project, found.flag, found.run, found.segment) == ("shop", "f", "run-1", REST)
    first = users([found])
    assert sum(first.values()) > 190
    assert first.keys() == {("control", "off"), ("treated", "on")}
    answer(200)
    assert samples.report([QUERY], told) == []
    answer(100, 200)
    assert 90 < sum(users(samples.report([QUERY], told)).values()) <= 100
    assert sum(users(samples.report([QUERY], {})).values()) > 290  # another stream is told from the beginning
    assert kept is answer(0)


def test_nobody_is_sampled_without_a_run_and_nothing_is_told_that_is_not_asked():
    samples = Samples()
    kept = answering(samples, rising())(10)
    assert samples.report([AdmissionQuery(project="shop", flag="f")], {}) == []
    assert samples.report([AdmissionQuery(project="shop", flag="g", run="run-1")], {}) == []
    assert kept
    samples = Samples()
    kept = answering(samples, rising(now=50_000, start=50_000))(10)
    assert "treated" not in {arm for arm, _ in users(samples.report([QUERY], {}))}


def test_what_is_told_names_nobody():
    samples = Samples()
    kept = answering(samples, rising())(10)
    (found,) = samples.report([QUERY], {})
    slots = b"".join(part.slots for part in found.parts)
    assert len(slots) == 20
    assert b"user 1" not in found.SerializeToString()
    assert kept


def test_another_run_is_told_from_nobody_on_the_same_stream():
    samples, told = Samples(), {}
    answer = answering(samples, rising())
    answer(100)
    samples.report([QUERY], told)
    again = AdmissionQuery(project="shop", flag="f", run="run-2")
    assert samples.report([again], told) == []
    answer(50)
    assert 45 < sum(users(samples.report([again], told)).values()) <= 50


def test_a_step_begins_another_sample_and_an_edit_of_something_else_goes_on():
    samples = Samples()
    before = answering(samples, rising())(100)
    other = answering(samples, rising(description="other words"), before)
    kept = other(100, 100)
    (found,) = samples.report([QUERY], {})
    assert sum(users([found]).values()) > 190
    step = answering(samples, rising(now=75_000), kept)(100)
    widths = {tuple(part.width for part in each.parts) for each in samples.report([QUERY], {})}
    assert len(widths) == 2
    assert step


def test_what_no_answer_refers_to_is_forgotten():
    samples, told = Samples(), {}
    answer = answering(samples, rising())
    answer(100)
    assert samples.report([QUERY], told)
    del answer
    gc.collect()
    assert samples.report([QUERY], told) == []
    assert told == {}


def test_what_is_kept_and_told_at_a_time_is_bounded():
    samples = Samples()
    engine = engine_of(rising())
    places = [samples.place("shop", f"flag {n}", engine.variant(user("ann"), "f")) for n in range(MOST_SAMPLES + 1)]
    assert sum(each is not None for each in places) == MOST_SAMPLES
    for number in range(2 * TELL):
        places[0].take(user(f"user {number}"))
    told, query = {}, AdmissionQuery(project="shop", flag="flag 0", run="run-1")
    assert sum(users(samples.report([query], told)).values()) == TELL
    assert 0 < sum(users(samples.report([query], told)).values()) <= TELL
    queries = [AdmissionQuery(project="shop", flag=f"flag {n}", run="run-1") for n in range(MOST_SAMPLES)]
    for place in places[1:60]:
        for number in range(TELL):
            place.take(user(f"user {number}"))
    assert sum(each.ByteSize() for each in samples.report(queries, {})) < TELL_BYTES + 20_000


def reported(ruleset, count, start=0):
    """Return what a process says that evaluates ``f`` for itself."""
    own, engine = OwnSamples(), engine_of(ruleset)
    for number in range(start, start + count):
        context = user(f"user {number}")
        own.take(ruleset.flags["f"], engine.variant(context, "f"), context)
    (message,) = own.news("shop").samples
    return message


def test_users_of_other_processes_and_our_own_are_united():
    samples, told, ruleset = Samples(), {}, rising()
    kept = answering(samples, ruleset)(100)
    samples.report([QUERY], told)
    source = ruleset.flags["f"]
    assert samples.receive("shop", source, reported(ruleset, 150, 50)) == "run-1"
    assert 95 < sum(users(samples.report([QUERY], told)).values()) <= 100
    assert samples.receive("shop", source, reported(ruleset, 150, 50)) == "run-1"
    assert samples.report([QUERY], told) == []
    assert kept


def test_what_is_received_stays_without_an_answer_of_our_own_for_as_long_as_the_run_is_asked_for():
    samples, ruleset = Samples(), rising()
    samples.report([QUERY], {})
    samples.receive("shop", ruleset.flags["f"], reported(ruleset, 100))
    gc.collect()
    assert sum(users(samples.report([QUERY], {})).values()) > 95
    samples.report([], {})
    gc.collect()
    assert samples.report([QUERY], {}) == []


def test_what_no_run_counts_or_is_divided_otherwise_is_not_received():
    samples, ruleset = Samples(), rising()
    message = reported(ruleset, 10)
    assert samples.receive("shop", ruleset.flags["f"], message) == ""
    samples.report([QUERY], {})
    assert samples.receive("other", ruleset.flags["f"], message) == ""
    assert samples.receive("shop", rising(now=75_000).flags["f"], message) == ""
    message.parts[0].width += 1
    assert samples.receive("shop", ruleset.flags["f"], message) == ""
    assert samples.report([QUERY], {}) == []


def test_what_was_received_of_a_step_is_forgotten_at_the_next():
    samples = Samples()
    samples.report([QUERY], {})
    for now in range(10_000, 60_000, 10_000):
        ruleset = rising(now=now)
        assert samples.receive("shop", ruleset.flags["f"], reported(ruleset, 10)) == "run-1"
    gc.collect()
    assert len(samples.report([QUERY], {})) == 1
