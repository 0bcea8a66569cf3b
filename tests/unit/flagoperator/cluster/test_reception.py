"""A watch counts as open once the API server has opened it, until an attempt fails or is overdue."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from yarl import URL

from flagd.manifest import KINDS
from flagoperator.cluster import reception as module
from flagoperator.cluster.reception import REOPENED_SECONDS, Reception, collections

PATHS = ["/apis/flags", "/apis/flagsegments"]


async def send(reception: Reception, url: str, outcome: int | Exception = 200) -> None:
    async def handle(_: Any) -> Any:
        if isinstance(outcome, Exception):
            raise outcome
        return SimpleNamespace(status=outcome)

    request: Any = SimpleNamespace(url=URL(url))
    await reception(request, handle)


async def test_nothing_is_open_before_it_was_opened():
    reception = Reception(PATHS)
    await send(reception, "https://localhost/apis/flags")
    assert reception.missing == PATHS
    await send(reception, "https://localhost/apis/flags?watch=true")
    assert reception.missing == PATHS[1:]


@pytest.mark.parametrize("outcome", [403, 410, 500, OSError("reset")])
async def test_one_that_cannot_be_opened_again_is_not_open(outcome: int | Exception):
    reception = Reception(PATHS[:1])
    await send(reception, "https://localhost/apis/flags?watch=true")
    assert reception.missing == []
    if isinstance(outcome, Exception):
        with pytest.raises(OSError, match="reset"):
            await send(reception, "https://localhost/apis/flags?watch=true", outcome)
    else:
        await send(reception, "https://localhost/apis/flags?watch=true", outcome)
    assert reception.missing == PATHS[:1]


async def test_one_that_nobody_opens_again_is_not_open(monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    reception = Reception(PATHS[:1])
    await send(reception, "https://localhost/apis/flags?watch=true")
    now[0] = REOPENED_SECONDS + 1
    assert reception.missing == PATHS[:1]


def test_every_kind_is_watched_in_every_namespace():
    assert len(collections([])) == len(KINDS)
    assert len(collections(["shop", "ads"])) == 2 * len(KINDS)
