"""Readings: what answers of Prometheus say."""

import json

import pytest

from flagoperator.prometheus.reading import NOTHING, read_answer, read_history


def answer(kind, result):
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": result}}).encode()


def vector(*values):
    return answer("vector", [{"metric": {}, "value": [1, value]} for value in values])


@pytest.mark.parametrize(
    ("body", "value"),
    [(vector("0.5"), 0.5), (answer("scalar", [1, "2"]), 2.0), (vector("+Inf"), float("inf")), (vector("0"), 0.0)],
)
def test_one_number_is_a_reading(body, value):
    assert read_answer(200, body).value == value


@pytest.mark.parametrize("body", [vector(), vector("NaN"), answer("scalar", [1, "NaN"])])
def test_no_series_and_no_number_are_no_data(body):
    reading = read_answer(200, body)
    assert reading.value is None
    assert reading.is_empty
    assert "no data" in reading.trouble


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (vector("1", "2"), "2 series; it must give one"),
        (answer("matrix", []), "gives a matrix"),
        (answer("string", [1, "x"]), "gives a string"),
        (answer("vector", [{"metric": {}, "histogram": [1, {}]}]), "gives a histogram"),
        (b'{"status":"error","errorType":"bad_data","error":"parse\\nerror"}', "bad_data: parse error"),
        (b"<html>", "not an answer of Prometheus"),
        (b"[]", "not an answer of Prometheus"),
        (b"[" * 100_000, "not an answer of Prometheus"),
        (b'{"status":"success","data":{"resultType":"vector","result":[{"value":[1]}]}}', "not an answer"),
        (b'{"status":"success","data":{"resultType":"scalar","result":[1,"much"]}}', "not an answer"),
        (b"\xff", "not an answer of Prometheus"),
    ],
)
def test_anything_else_is_an_error_and_never_raises(body, trouble):
    reading = read_answer(503, body)
    assert reading.value is None
    assert not reading.is_empty
    assert trouble in reading.trouble
    assert "\n" not in reading.trouble


TIMES = (100.0, 160.0, 220.0)


def test_a_history_has_a_reading_for_each_time():
    series = {"metric": {}, "values": [[100, "0.5"], [220.0, "NaN"]]}
    found = read_history(200, answer("matrix", [series]), TIMES)
    assert [each.value for each in found] == [0.5, None, None]
    assert [each.is_empty for each in found] == [False, True, True]
    assert read_history(200, answer("matrix", []), TIMES) == [NOTHING] * 3


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        (answer("matrix", [{"values": []}] * 2), "2 series; it must give one"),
        (
            json.dumps({"status": "error", "errorType": "bad_data", "error": "too many points"}).encode(),
            "too many points",
        ),
        (answer("matrix", [{"values": "x"}]), "not an answer of Prometheus"),
        (b"<html>", "not an answer of Prometheus"),
    ],
)
def test_what_is_no_history_says_why_for_each_time(body, trouble):
    found = read_history(502, body, TIMES)
    assert len(found) == len(TIMES)
    assert all(trouble in each.trouble for each in found)
