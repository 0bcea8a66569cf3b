"""A real Prometheus that scrapes a real flagd, asked as guards ask it."""

import json
import urllib.request

import pytest

from flagoperator.prometheus.client import Prometheus, Settings
from tests.wire.process import Flagd, eventually
from tests.wire.prometheus import PrometheusServer

FLAG = """
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {name: checkout, namespace: shop}
spec: {active: true, variants: [{key: "on"}], allOtherUsers: {percent: 100}}
"""
GIVEN = 'flagd_evaluations_total{flag="{{flag}}",variant="{{variant}}"}'
VALUES = {"flag": "checkout", "namespace": "shop", "variant": "on"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Prometheus that scrapes one flagd, as one of the namespace shop; the flagd has given 5 answers."""
    manifests = tmp_path_factory.mktemp("manifests")
    (manifests / "flag.yaml").write_text(FLAG)
    flagd = Flagd(manifests)
    try:
        flagd.ready()
        for number in range(5):
            ask(flagd, f"user-{number}")
        with PrometheusServer(tmp_path_factory.mktemp("prometheus"), {"shop": flagd.management}) as server:
            eventually(lambda: server.value("sum(count_over_time((flagd_evaluations_total == 5)[1m:1s]))"))
            yield server
    finally:
        flagd.stop()


def ask(flagd, user):
    body = json.dumps({"context": {"targetingKey": user}}).encode()
    request = urllib.request.Request(
        f"http://{flagd.listen}/ofrep/v1/evaluate/flags/checkout", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


async def measured(url, query, label="namespace", seconds=30.0, **values):
    prometheus = Prometheus(Settings(url, label, seconds))
    try:
        return await prometheus.measure(query, VALUES | values)
    finally:
        await prometheus.close()


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (GIVEN, 5.0),
        (f"sum({GIVEN})", 5.0),
        (f"scalar({GIVEN})", 5.0),
        (f"sum({GIVEN}) / 0", float("inf")),
        ('sum(flagd_evaluations_total{flag=`{{flag}}`}) # of "all" users', 5.0),
        (r'sum(flagd_evaluations_total{flag="\x63heckout", reason!~"ERROR|\\d+"})', 5.0),
        ("max_over_time(sum(flagd_evaluations_total)[1m:1s])", 5.0),
    ],
)
async def test_a_query_gives_a_number(server, query, value):
    assert (await measured(server.url, query)).value == value


async def test_a_value_of_a_placeholder_is_read_as_it_was(server):
    query = (
        'label_replace(vector(1), "a", "{{flag}}", "", "") == on (a) label_replace(vector(1), "a", `{{flag}}`, "", "")'
    )
    assert (await measured(server.url, f"count({query})", flag='ä"\\} or x{')).value == 1.0


@pytest.mark.parametrize("query", ["absent_series", "0 / (absent_series or vector(0))", "sqrt(vector(-1))"])
async def test_nothing_and_nan_are_no_data(server, query):
    reading = await measured(server.url, query)
    assert reading.is_empty
    assert "no data" in reading.trouble


@pytest.mark.parametrize(
    "query",
    [
        "count(flagd_evaluations_total)",
        'count(flagd_evaluations_total{namespace="shop"})',
        'count({__name__=~"flagd.+"})',
        r'count(up{a!="\"} or up{b!=\""})',
        'count(up{a!=`"} or up{b!="`})',
        "count(max_over_time(up[1m:1s]))",
        'count(label_replace(up, "namespace", "ads", "", ""))',
    ],
)
async def test_no_query_reads_another_namespace(server, query):
    assert (await measured(server.url, query, label=None)).value
    assert (await measured(server.url, query, namespace="ads")).is_empty


@pytest.mark.parametrize(
    ("query", "trouble"),
    [
        ('{__name__=~"flagd_.+"}', "series; it must give one|larger|bytes"),
        ("x{", "not sent: the query is not PromQL"),
        ('x{a=~"("}', "not PromQL|bad_data"),
        (r'x{a="\z"}', "bad_data"),
    ],
)
async def test_a_query_that_gives_no_one_number_is_an_error(server, query, trouble):
    reading = await measured(server.url, query)
    assert reading.value is None
    assert not reading.is_empty
    assert any(each in reading.trouble for each in trouble.split("|")), reading


async def test_what_is_no_prometheus_is_an_error(server):
    assert "check --prometheus-url" in (await measured(f"{server.url}/graph", GIVEN)).trouble
    assert "cannot be asked" in (await measured("http://127.0.0.1:1", GIVEN)).trouble


async def test_what_was_measured_before_is_read_again(server):
    prometheus = Prometheus(Settings(server.url))
    eventually(lambda: server.value("count_over_time(sum(flagd_evaluations_total)[1m:1s]) > 20") or 0)
    try:
        (first, last) = await prometheus.recall_each(f"sum({GIVEN})", "checkout", "shop", ["off", "on"], [12, 2])
        nothing = await prometheus.recall("absent_series", VALUES, [60, 30])
        wrong = await prometheus.recall("sum(", VALUES, [60, 30])
    finally:
        await prometheus.close()
    assert [each.value for each in last] == [None, 5.0]  # nobody got off
    assert first[1].value in (None, 5.0)
    assert all(each.is_empty for each in nothing)
    assert all("not sent" in each.trouble for each in wrong)
