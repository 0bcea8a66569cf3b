"""The client's bounds, against servers that do what no Prometheus does."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from flagoperator.prometheus.client import MOST_BYTES, Prometheus, Settings
from flagoperator.prometheus.reading import NoAnswer

VALUES = {"flag": "checkout", "namespace": "shop", "variant": "on"}


@asynccontextmanager
async def asking(handler, **settings):
    """Give a client of a server that answers every query by `handler`."""
    application = web.Application()
    application.router.add_post("/prefix/api/v1/query", handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    prometheus = Prometheus(Settings(f"http://127.0.0.1:{port}/prefix/", **settings))
    try:
        yield prometheus
    finally:
        await prometheus.close()
        await runner.cleanup()


def success():
    return web.json_response({"status": "success", "data": {"resultType": "scalar", "result": [1, "1"]}})


async def test_a_server_that_does_not_answer_is_given_up():
    asked = asyncio.Event()

    async def silent(_):
        asked.set()
        await asyncio.Event().wait()

    async with asking(silent, seconds=0.5) as prometheus:
        assert (await prometheus.measure("x", VALUES)).trouble == "no answer within 0.5 s"
        assert asked.is_set()
        assert prometheus.in_flight == 0


async def test_an_answer_that_is_too_large_is_not_read_to_its_end():
    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * MOST_BYTES)

    async with asking(endless) as prometheus:
        assert f"more than {MOST_BYTES} bytes" in (await prometheus.measure("x", VALUES)).trouble


async def test_a_redirect_is_not_followed():
    async def elsewhere(_):
        raise web.HTTPTemporaryRedirect("http://127.0.0.1:1/elsewhere")

    async with asking(elsewhere) as prometheus:
        assert "HTTP 307" in (await prometheus.measure("x", VALUES)).trouble


async def test_more_queries_than_are_allowed_wait_for_their_turn():
    go, arrived, most = asyncio.Event(), asyncio.Semaphore(0), 0

    async def slow(_):
        arrived.release()
        await go.wait()
        return success()

    async with asking(slow, in_flight=2) as prometheus:
        asked = [asyncio.create_task(prometheus.measure("x", VALUES)) for _ in range(5)]
        await arrived.acquire()
        await arrived.acquire()
        most = prometheus.in_flight
        go.set()
        readings = await asyncio.gather(*asked)
    assert most == 2
    assert [each.value for each in readings] == [1.0] * 5


@pytest.mark.parametrize("query", ["x{", "rate({{flag}}[5m])"])
async def test_a_query_that_cannot_be_confined_is_never_sent(query):
    sent = []

    async def taken(request):
        sent.append(request)
        return success()

    async with asking(taken) as prometheus:
        assert (await prometheus.measure(query, VALUES)).trouble.startswith("not sent: ")
    assert not sent


async def test_what_is_sent_is_confined():
    sent = []

    async def taken(request):
        sent.append((await request.post())["query"])
        return success()

    async with asking(taken, label="kubernetes_namespace") as prometheus:
        await prometheus.measure('sum(x{a="{{variant}}"})', VALUES)
    assert sent == ['sum(x{kubernetes_namespace="shop",a="on"})']


def counters(*values, at=100):
    series = [{"metric": {"rollout_arm": "treated", "pod": str(n)}, "value": [at, v]} for n, v in enumerate(values)]
    return web.json_response({"status": "success", "data": {"resultType": "vector", "result": series}})


async def test_counters_are_asked_for_as_they_are_now_or_were():
    times = []

    async def told(request):
        times.append((await request.post()).get("time"))
        return counters("5")

    async with asking(told) as prometheus:
        assert list((await prometheus.sample("x", "checkout", "shop")).series.values()) == [5]
        await prometheus.sample("x", "checkout", "shop", 1_796_040_000.5)
    assert times == [None, "1796040000.5"]


async def test_ten_thousand_series_are_no_counters():
    async def crowd(_):
        return counters(*["1"] * 10_000)

    async with asking(crowd) as prometheus:
        with pytest.raises(NoAnswer, match=r"10000 series; at most 1000|more than \d+ bytes"):
            await prometheus.sample("x", "checkout", "shop")
