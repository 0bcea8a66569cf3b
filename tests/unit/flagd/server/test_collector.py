"""The metrics in Prometheus' format."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from flagd.metrics import Metrics
from flagd.process.metrics_page import MetricsPage
from flagd.ruleset import Ruleset
from flagd.server.collector import FlagdCollector
from flagd.snapshot import Snapshot
from flagd.store import Store


def _samples(metrics, store=None):
    text = MetricsPage(FlagdCollector(metrics, store or Store())).render().decode()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_answers_are_counted_by_flag_variant_and_reason():
    metrics = Metrics()
    metrics.evaluation("shop", 'a"\n', "on", "SPLIT").count += 3
    labels = (("flag", 'a"\n'), ("project", "shop"), ("reason", "SPLIT"), ("variant", "on"))
    assert _samples(metrics)["flagd_evaluations_total", *labels] == 3


def test_durations_are_cumulative_buckets_with_a_sum():
    metrics = Metrics()
    for seconds in (0.0002, 0.3, 60.0):
        metrics.call("/a.B/C", "OK", seconds)
    samples = _samples(metrics)
    labels = (("code", "OK"), ("method", "/a.B/C"))
    bucket = {
        bound: samples["flagd_rpc_duration_seconds_bucket", labels[0], ("le", bound), labels[1]]
        for bound in ("0.0001", "0.00025", "0.25", "0.5", "5.0", "+Inf")
    }
    assert bucket == {"0.0001": 0, "0.00025": 1, "0.25": 1, "0.5": 2, "5.0": 2, "+Inf": 3}
    assert samples["flagd_rpc_duration_seconds_count", *labels] == 3
    assert samples["flagd_rpc_duration_seconds_sum", *labels] == pytest.approx(60.3002)


def test_a_ruleset_shows_its_revision_age_and_size():
    store = Store()
    store.replace({"shop": Snapshot.make(Ruleset("shop", {}, {}, {}, {}, "r1"), None, 0.0).lost()})
    samples = _samples(Metrics(), store)
    shop = ("project", "shop")
    assert samples["flagd_ruleset_info", shop, ("revision", "r1")] == 1
    assert samples["flagd_ruleset_stale", shop] == 1
    assert samples["flagd_ruleset_flags", shop] == 0
    assert samples["flagd_ruleset_age_seconds", shop] > 1e9


def test_groups_are_not_counted_as_flags_that_callers_can_ask_for():
    flags = {
        "a": {"key": "a", "variants": {}, "segments": []},
        "g": {"key": "g", "variants": {}, "segments": [], "metadata": {"flagType": "holdout-group"}},
    }
    store = Store()
    store.replace({"shop": Snapshot.make(Ruleset("shop", flags, {}, {}, {}, "r1"), None, 0.0)})
    samples, shop = _samples(Metrics(), store), ("project", "shop")
    assert (samples["flagd_ruleset_flags", shop], samples["flagd_served_flags", shop]) == (2, 1)


def test_ages_are_never_negative():
    store = Store()
    store.replace({"shop": Snapshot.make(Ruleset("shop", {}, {}, {}, {}, "r1"), None, 1e12)})
    assert _samples(Metrics(), store)["flagd_ruleset_age_seconds", ("project", "shop")] == 0
