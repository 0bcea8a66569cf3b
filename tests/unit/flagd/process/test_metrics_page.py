"""The page of metrics that every process has."""

from flagd.manifest import ResourceRef
from flagd.metrics import LATENCY_BOUNDS, Histogram
from flagd.process.metrics_page import BROKEN_SERIES, MetricsPage, broken_resources, cumulative


class Broken:
    """Counts more resources than have a series."""

    def collect(self):
        yield broken_resources("broken", (ResourceRef("Flag", "shop", f"f{number}") for number in range(200)))


def test_it_shows_what_the_program_counts_and_what_every_process_has():
    text = MetricsPage(Broken()).render().decode()
    for name in ("process_resident_memory_bytes", "python_info", "python_gc_collections_total"):
        assert f"\n{name}" in text
    assert text.count("\nbroken{") == BROKEN_SERIES


def test_buckets_count_all_that_is_below_their_bound():
    histogram = Histogram()
    for seconds in (0.0, 0.3, 60.0):
        histogram.observe(seconds)
    buckets = dict(cumulative(histogram))
    assert len(buckets) == len(LATENCY_BOUNDS) + 1
    assert [buckets[bound] for bound in ("0.0001", "0.25", "0.5", "5.0", "+Inf")] == [1, 1, 2, 2, 3]
