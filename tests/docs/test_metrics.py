"""docs/metrics.md names the metrics that flagd exposes, with their types and labels."""

from __future__ import annotations

import re

from prometheus_client.parser import text_string_to_metric_families

from flagd.metrics import Metrics
from flagd.process.metrics_page import MetricsPage
from flagd.server.collector import FlagdCollector
from flagd.store import Store
from tests.docs.page import ROOT

PAGE = (ROOT / "docs" / "metrics.md").read_text()
FOREIGN = ("process_", "python_")


def documented() -> dict[str, str]:
    return dict(re.findall(r"^\| `(flagd_\w+)` \| (\w+) \|", PAGE, re.MULTILINE))


def exposed() -> dict[str, str]:
    text = MetricsPage(FlagdCollector(Metrics(), Store())).render().decode()
    families = [each for each in text_string_to_metric_families(text) if not each.name.startswith(FOREIGN)]
    return {f"{each.name}_total" if each.type == "counter" else each.name: each.type for each in families}


def test_every_metric_is_documented_with_its_type() -> None:
    assert documented() == exposed()


def test_every_query_uses_metrics_that_exist() -> None:
    queried = set(re.findall(r"\b(flagd_\w+)[{\[)]", PAGE))
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in queried} <= set(exposed())
