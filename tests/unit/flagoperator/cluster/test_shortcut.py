"""What only says that a status was written goes past Kopf, which learns how far the watch has come."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

from flagoperator.cluster.shortcut import Shortcut

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

WATCH = "https://localhost/apis/flagoperator.dev/v1alpha1/flags?watch=true"
KNOWN = 3
"""The generation that is known of every flag."""


def line(event: str = "MODIFIED", generation: int = KNOWN, version: str = "7") -> bytes:
    metadata = {"name": "a", "uid": "u", "generation": generation, "resourceVersion": version}
    return json.dumps({"type": event, "object": {"metadata": metadata}}, separators=(",", ":")).encode() + b"\n"


BOOKMARK = b'{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}}\n'


class Content:
    """A body that comes in `pieces`."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces
        self.total_bytes = sum(map(len, pieces))

    async def iter_chunked(self, _: int) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


async def read(*pieces: bytes, url: str = WATCH) -> tuple[bytes, list[tuple[str, str, str]]]:
    """Return what Kopf reads of `pieces`, and what was reported: kind, event and version."""
    reported: list[tuple[str, str, str]] = []

    def report(kind: str, event: str, obj: dict[str, Any]) -> None:
        reported.append((kind, event, obj["metadata"]["resourceVersion"]))

    async def handle(_: Any) -> Any:
        return SimpleNamespace(content=Content(*pieces))

    shortcut = Shortcut(lambda _, obj: obj["metadata"]["generation"] == KNOWN, report)
    request: Any = SimpleNamespace(url=URL(url))
    content = (await shortcut(request, handle)).content
    assert content.total_bytes == sum(map(len, pieces))
    return b"".join([piece async for piece in content.iter_chunked(1000)]), reported


async def test_a_status_that_was_written_is_reported_and_is_a_bookmark_to_kopf():
    assert await read(line()) == (BOOKMARK, [("Flag", "MODIFIED", "7")])


@pytest.mark.parametrize(
    "other",
    [
        line(generation=KNOWN + 1),
        line("ADDED"),
        line("DELETED"),
        line("BOOKMARK"),
        b'{"type":"ERROR","object":{"code":410}}\n',
        b'{"type":"MODIFIED","object":{}}\n',
        b'{"type":"MODIFIED","object":{"metadata":{"resourceVersion":"7"}}}\n',
        b'{"type":"MODIFIED"}\n',
        b'{"type":"MODIFIED", no JSON\n',
    ],
)
async def test_everything_else_is_left_to_kopf(other: bytes):
    assert await read(other) == (other, [])


async def test_lines_may_come_in_pieces_and_several_at_a_time():
    whole = line("ADDED") + line() + line("DELETED")
    for at in range(1, len(whole)):
        found = await read(whole[:at], whole[at:])
        assert found == (line("ADDED") + BOOKMARK + line("DELETED"), [("Flag", "MODIFIED", "7")])


async def test_a_line_that_is_cut_off_is_left_to_kopf():
    assert await read(line(), line()[:-1]) == (BOOKMARK + line()[:-1], [("Flag", "MODIFIED", "7")])


@pytest.mark.parametrize(
    "url", [WATCH.replace("true", "false"), "https://localhost/apis/flagoperator.dev/v1alpha1?watch=true"]
)
async def test_what_is_no_watch_of_ours_is_as_it_was(url: str):
    assert await read(line(), url=url) == (line(), [])
