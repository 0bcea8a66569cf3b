"""Admitted: which answers count as letting somebody in."""

from flagd.engine import Reason
from flagd.metrics import SERIES, Metrics
from flagd.sources.admitted import admitted
from flagd.v1.ruleset_pb2 import AdmissionQuery

REST = "All Other Users"


def given(metrics, variant, reason, segment, times, flag="checkout"):
    metrics.evaluation("shop", flag, variant, reason, segment).count += times


def ask(*segments, flag="checkout", step="t"):
    return AdmissionQuery(project="shop", flag=flag, token=step, segments=segments)


def test_answers_that_a_percentage_lets_in_are_counted_by_segment():
    metrics = Metrics()
    given(metrics, "on", Reason.SPLIT, REST, 3)
    given(metrics, "blue", Reason.SPLIT, REST, 2)
    given(metrics, "on", Reason.SPLIT, "Canada", 10)
    given(metrics, "on", Reason.TARGETING_MATCH, "Canada", 5)
    given(metrics, "on", Reason.STATIC, REST, 1)
    assert [each.count for each in admitted(metrics, [ask(REST, "Canada")])] == [21]
    assert [each.count for each in admitted(metrics, [ask(REST)])] == [6]
    assert [each.count for each in admitted(metrics, [ask("Canada", step="u")])] == [15]


def test_who_is_not_in_or_gets_it_without_a_percentage_does_not_count():
    metrics = Metrics()
    given(metrics, "off", Reason.DEFAULT, REST, 100)
    for reason in (Reason.TESTER, Reason.STICKY, Reason.PREREQUISITE, Reason.DISABLED, Reason.ERROR):
        given(metrics, "on", reason, REST, 10)
    given(metrics, "on", Reason.SPLIT, REST, 10, flag="other")
    (count,) = admitted(metrics, [ask(REST)])
    assert (count.project, count.flag, count.token, count.count) == ("shop", "checkout", "t", 0)


def test_segments_make_no_more_series_than_labels():
    metrics = Metrics()
    for number in range(100):
        given(metrics, "on", Reason.SPLIT, f"segment {number}", 1)
    assert [series.count for series in metrics.evaluations.values()] == [100]
    assert len(metrics.evaluations) < SERIES


def test_segments_that_come_and_go_are_bounded():
    metrics = Metrics()
    for number in range(3_000):
        given(metrics, "on", Reason.SPLIT, f"segment {number}", 1)
    (series,) = metrics.evaluations.values()
    assert len(series.parts) <= 1_001
    assert series.count == 3_000
