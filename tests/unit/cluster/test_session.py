"""Watches of one collection begin apart, and pages of a list wait for those before."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from yarl import URL

from flagoperator.cluster import session as module
from flagoperator.cluster.session import PATIENCE_SECONDS, Paging, Spacing

if TYPE_CHECKING:
    import pytest

FLAGS, SEGMENTS = "https://localhost/apis/flags", "https://localhost/apis/flagsegments"
WATCH = "?watch=true&resourceVersion=7"


class Requests:
    """Sends requests through a spacing whose time is that of the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, middleware: Spacing | Paging | None = None) -> None:
        self.now = 100.0
        self.sent: list[tuple[str, float]] = []
        self._middleware = middleware or Spacing()
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=self._sleep))

    async def send(self, url: str) -> None:
        request: Any = SimpleNamespace(url=URL(url))
        await self._middleware(request, self._handle)

    async def _handle(self, request: Any) -> Any:
        self.sent.append((request.url.path, self.now))

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_a_watch_that_ends_at_once_begins_anew_a_second_later(monkeypatch: pytest.MonkeyPatch):
    requests = Requests(monkeypatch)
    for _ in range(3):
        await requests.send(FLAGS + WATCH)
    assert requests.sent == [("/apis/flags", 100), ("/apis/flags", 101), ("/apis/flags", 102)]


async def test_a_watch_that_lasted_begins_anew_at_once(monkeypatch: pytest.MonkeyPatch):
    requests = Requests(monkeypatch)
    await requests.send(FLAGS + WATCH)
    requests.now += 300
    await requests.send(FLAGS + WATCH)
    assert requests.sent[-1] == ("/apis/flags", 400)


async def test_other_collections_and_lists_wait_for_nobody(monkeypatch: pytest.MonkeyPatch):
    requests = Requests(monkeypatch)
    for url in (FLAGS + WATCH, SEGMENTS + WATCH, FLAGS, FLAGS + "?limit=500"):
        await requests.send(url)
    assert [at for _, at in requests.sent] == [100] * 4


async def test_watches_that_wait_at_the_same_time_queue_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "SPACING_SECONDS", 0.01)
    spacing, sent = Spacing(), []

    async def handle(request: Any) -> Any:
        sent.append(request)

    request: Any = SimpleNamespace(url=URL(FLAGS + WATCH))
    await asyncio.gather(*(spacing(request, handle) for _ in range(3)))
    assert len(sent) == 3


async def test_the_next_page_waits_until_the_pages_before_were_handled(monkeypatch: pytest.MonkeyPatch):
    requests = Requests(monkeypatch, Paging(lambda _: int((requests.now - 100) * 50)))
    for url in (FLAGS + "?limit=100", FLAGS + "?limit=100&continue=a", FLAGS + "?limit=100&continue=b"):
        await requests.send(url)
    assert [round(at, 1) for _, at in requests.sent] == [100, 102, 104]


async def test_a_page_of_which_nothing_is_told_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch):
    requests = Requests(monkeypatch, Paging(lambda _: 0))
    await requests.send(FLAGS + "?limit=100")
    await requests.send(FLAGS + "?limit=100&continue=a")
    assert round(requests.sent[-1][1] - 100, 1) == PATIENCE_SECONDS


async def test_watches_and_other_collections_wait_for_no_page(monkeypatch: pytest.MonkeyPatch):
    requests = Requests(monkeypatch, Paging(lambda _: 0))
    for url in (FLAGS + "?limit=100", FLAGS + WATCH, SEGMENTS + "?limit=100", SEGMENTS):
        await requests.send(url)
    assert [at for _, at in requests.sent] == [100] * 4
