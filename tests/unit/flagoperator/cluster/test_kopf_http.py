"""Watches of one collection begin apart, and where our own list ends."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from yarl import URL

from flagoperator.cluster import kopf_http as module
from flagoperator.cluster.kopf_http import PATIENCE_SECONDS, Spacing, StartingPoint

if TYPE_CHECKING:
    import pytest

FLAGS, SEGMENTS = "https://localhost/apis/flags", "https://localhost/apis/flagsegments"
WATCH = "?watch=true&resourceVersion=7"


class Requests:
    """Sends requests through a spacing whose time is that of the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        self.sent: list[tuple[str, float]] = []
        self._spacing = Spacing()
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=self._sleep))

    async def send(self, url: str) -> None:
        request: Any = SimpleNamespace(url=URL(url))
        await self._spacing(request, self._handle)

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
    for url in (FLAGS + WATCH, SEGMENTS + WATCH, FLAGS, FLAGS):
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


class Lists:
    """Sends requests through a starting point, which the API server answers with `statuses`, then with 200."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.statuses: list[int] = []
        self.versions = {"Flag": 41, "FlagSegment": 42}
        self.sent: list[URL] = []
        self.listed = 0
        self.answers = True
        self.now = 100.0
        self.rewound_until = 0.0
        self._point = StartingPoint(self._version, self._list_soon)
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(module, "asyncio", SimpleNamespace(sleep=self._sleep))

    async def send(self, *urls: str) -> None:
        for url in urls:
            await self._point(SimpleNamespace(url=URL(url)), self._handle)  # type: ignore[arg-type]

    @property
    def since(self) -> list[str]:
        return [each.query["resourceVersion"] for each in self.sent]

    async def _handle(self, request: Any) -> Any:
        self.sent.append(request.url)
        return SimpleNamespace(status=self.statuses.pop(0) if self.statuses else 200)

    def _version(self, kind: str) -> str:
        return "" if self.now < self.rewound_until else str(self.versions[kind])

    def _list_soon(self) -> None:
        self.listed += 1

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.answers:
            self.versions = {kind: version + 10 for kind, version in self.versions.items()}


async def test_a_list_is_empty_and_of_the_version_of_ours(monkeypatch: pytest.MonkeyPatch):
    lists = Lists(monkeypatch)
    await lists.send(FLAGS + "?limit=500", SEGMENTS)
    assert [dict(each.query) for each in lists.sent] == [
        {
            "limit": "1",
            "resourceVersion": version,
            "resourceVersionMatch": "Exact",
            "fieldSelector": "metadata.name=-",
        }
        for version in ("41", "42")
    ]
    assert not lists.listed


async def test_watches_and_other_requests_are_sent_as_they_are(monkeypatch: pytest.MonkeyPatch):
    lists = Lists(monkeypatch)
    others = [FLAGS + WATCH, FLAGS + WATCH + "&limit=500", FLAGS + "/x", "https://localhost/apis"]
    await lists.send(*others)
    assert lists.sent == [URL(url) for url in others]
    assert not lists.listed


async def test_a_second_list_waits_for_another_of_ours(monkeypatch: pytest.MonkeyPatch):
    lists = Lists(monkeypatch)
    await lists.send(FLAGS, FLAGS)
    assert lists.since == ["41", "51"]
    assert lists.listed == 1


async def test_a_version_that_is_forgotten_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch):
    lists = Lists(monkeypatch)
    lists.statuses = [410, 410]
    await lists.send(FLAGS)
    assert lists.since == ["41", "51", "61"]
    assert lists.listed == 2


async def test_a_list_that_does_not_come_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch):
    lists = Lists(monkeypatch)
    lists.answers = False
    await lists.send(FLAGS, FLAGS)
    assert lists.since == ["41", "41"]
    assert round(lists.now - 100) == PATIENCE_SECONDS


async def test_while_the_cluster_is_found_rewound_there_is_nothing_to_begin_from(monkeypatch: pytest.MonkeyPatch):
    lists = Lists(monkeypatch)
    lists.answers = False
    lists.rewound_until = lists.now + 3 * PATIENCE_SECONDS
    await lists.send(FLAGS)
    assert lists.since == ["41"]
    assert lists.now >= lists.rewound_until
