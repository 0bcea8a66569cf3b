"""Samples: counters that can be compared, and answers that hold none."""

import json

import pytest

from flagoperator.prometheus.reading import NoAnswer
from flagoperator.prometheus.sample import MOST_SERIES, read_sample


def series(value, arm="treated", at=100.5, **labels):
    return {"metric": {"rollout_arm": arm, **labels}, "value": [at, value]}


def vector(*found):
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": found}}).encode()


def test_counters_are_read_by_series_and_moment():
    sample = read_sample(200, vector(series("5", pod="a"), series("7", "control", pod="a")))
    assert sample.at == 100.5
    assert sorted(sample.series.values()) == [5, 7]


def test_series_of_neither_arm_are_passed_over():
    others = [series("9", "off"), {"metric": {}, "value": [100.5, "3"]}]
    assert len(read_sample(200, vector(series("5"), *others)).series) == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (vector(series("NaN")), "a counter is NaN"),
        (vector(series("+Inf")), "a counter is +Inf"),
        (vector(series("-1")), "a counter is -1"),
        (vector(series("5"), series("6")), "one series twice"),
        (vector(*[series("1")] * 10_000), f"10000 series; at most {MOST_SERIES}"),
        (b'{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}', "gives a scalar"),
        (b'{"status":"error","errorType":"timeout","error":"query timed out"}', "timeout: query timed out"),
        (b"<html>", "HTTP 200 with what is not an answer of Prometheus"),
        (vector({"metric": {"rollout_arm": "treated"}, "histogram": [1, {}]}), "not an answer"),
        (vector("x"), "not an answer"),
    ],
)
def test_what_is_no_counter_is_told_in_words(body, says):
    with pytest.raises(NoAnswer) as error:
        read_sample(200, body)
    assert says in str(error.value)
