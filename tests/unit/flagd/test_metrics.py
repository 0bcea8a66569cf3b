"""Metrics: plain numbers with bounded labels."""

from flagd import metrics
from flagd.metrics import LATENCY_BOUNDS, OTHER, Histogram, Metrics


def test_a_duration_falls_into_the_first_bucket_that_holds_it():
    histogram = Histogram()
    for seconds in (0.0, LATENCY_BOUNDS[0], 0.0011, 100.0):
        histogram.observe(seconds)
    assert histogram.counts[0] == 2
    assert histogram.counts[LATENCY_BOUNDS.index(0.0025)] == 1
    assert histogram.counts[-1] == 1
    assert histogram.total == 100.0012


def test_the_same_labels_are_the_same_series():
    numbers = Metrics()
    assert numbers.evaluation("p", "f", "v", "SPLIT") is numbers.evaluation("p", "f", "v", "SPLIT")


def test_beyond_the_limit_answers_are_counted_together(monkeypatch):
    monkeypatch.setattr(metrics, "SERIES", 1)
    numbers = Metrics()
    first = numbers.evaluation("p", "f", "v", "SPLIT")
    assert numbers.evaluation("p", "g", "v", "SPLIT") is numbers.evaluation("p", "h", "v", "SPLIT")
    assert numbers.evaluation("p", "f", "v", "SPLIT") is first
    assert list(numbers.evaluations) == [("p", "f", "v", "SPLIT"), (OTHER,) * 4]
