"""What the benchmark of the cluster makes of logs and moments; that it runs is shown in tests/cluster."""

import json
from types import SimpleNamespace

import pytest

from benchmarks.cluster import audit
from benchmarks.cluster.audit import Span
from benchmarks.cluster.change import Change
from benchmarks.cluster.flags import flag, shared_segment
from benchmarks.cluster.journal import revisions
from benchmarks.cluster.percentiles import pooled
from benchmarks.cluster.relisting import during
from flagd.manifest import validate

OPERATOR = "system:serviceaccount:flags-system:flagoperator"


def change(sent, told):
    return Change(sent, sent, sent, sent, told, told)


def call(verb, begin, end, namespace="shop", user=OPERATOR, name="a"):
    return {
        "verb": verb,
        "user": {"username": user},
        "stage": "ResponseComplete",
        "objectRef": {"namespace": namespace, "resource": "flags", "name": name},
        "requestReceivedTimestamp": f"2026-11-24T10:00:{begin:09.6f}Z",
        "stageTimestamp": f"2026-11-24T10:00:{end:09.6f}Z",
    }


def seconds(span):
    return round(span.begin % 60, 3), round(span.end % 60, 3)


@pytest.mark.parametrize("obj", [flag("flag-00001", 1), shared_segment()])
def test_what_is_measured_is_valid(obj):
    assert validate({**obj, "metadata": {**obj["metadata"], "namespace": "shop"}})[1] == []


def test_a_flag_has_about_a_kilobyte():
    assert 900 < len(json.dumps(flag("flag-00001", 1))) < 1_500


def test_pages_of_one_relist_are_one_span():
    events = [call("list", 1.0, 1.1), call("list", 1.15, 1.2), call("list", 2.5, 2.75), call("patch", 3, 3.1)]
    plane = SimpleNamespace(audit=lambda: events)
    assert [seconds(span) for span in audit.relists(plane, "shop")] == [(1.0, 1.2), (2.5, 2.75)]


def test_only_what_the_operator_did_in_this_namespace_counts():
    events = [call("patch", 1, 2, namespace="other"), call("patch", 1, 2, user="admin"), call("patch", 3, 4)]
    plane = SimpleNamespace(audit=lambda: events)
    assert [seconds(span) for span in audit.first_statuses(plane, "shop")] == [(3, 4)]


def test_first_statuses_end_with_the_flag_that_is_written_last():
    events = [call("patch", at, at + 0.5, name=name) for at, name in enumerate("abacbc", start=1)]
    plane = SimpleNamespace(audit=lambda: events)
    assert seconds(audit.first_statuses(plane, "shop")[-1]) == (4, 4.5)


def test_an_operator_that_wrote_nothing_has_no_first_statuses():
    assert audit.first_statuses(SimpleNamespace(audit=list), "shop") == []


@pytest.mark.parametrize(
    ("sent", "told", "met"),
    [(0.0, 0.9, False), (0.0, 1.0, True), (1.2, 1.3, True), (0.0, 9.0, True), (2.0, 2.5, True), (2.1, 2.5, False)],
)
def test_a_change_meets_a_relist_if_any_of_its_way_falls_into_it(sent, told, met):
    assert bool(during([change(sent, told)], [Span(1.0, 2.0), Span(9.5, 9.6)])) is met


def test_a_revision_counts_when_it_was_first_logged():
    entries = [
        {"time": "1970-01-01T00:00:01.000Z", "message": "", "project": "shop", "revision": "abc"},
        {"time": "1970-01-01T00:00:02.000Z", "message": "", "project": "shop", "revision": "abc"},
        {"time": "1970-01-01T00:00:03.000Z", "message": "", "project": "other", "revision": "def"},
        {"time": "1970-01-01T00:00:04.000Z", "message": "something else"},
    ]
    assert revisions(SimpleNamespace(log=entries), "shop") == {"abc": 1.0005}


def test_a_percentile_is_of_all_rounds_together():
    figure = pooled("p50", [[1, 2, 3], [7, 8, 9, 10]], 50)
    assert (figure.value, figure.low, figure.high) == (7, 2, 8)
