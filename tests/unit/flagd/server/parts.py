"""Parts of a running flagd: looked at by its management port, killed by name."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flagd.process import tasks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

    from flagd.server.application import Application


async def page(application: Application, path: str) -> tuple[int, bytes]:
    host, _, port = application.management_address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(head.split()[1]), body


async def status(application: Application, path: str) -> int:
    return (await page(application, path))[0]


async def eventually(look: Callable[[], Awaitable[object]], expected: object) -> None:
    async with asyncio.timeout(60):
        while await look() != expected:
            await asyncio.sleep(0.005)


def running(name: str) -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == name]


async def is_restarted_when_killed(application: Application, name: str, caplog: pytest.LogCaptureFixture) -> None:
    (before,) = running(name)
    before.cancel()
    async with asyncio.timeout(60):
        while not (after := running(name)) or after == [before]:
            await asyncio.sleep(0.001)
    assert f"{name} has ended: it was cancelled; restarting" in caplog.text
    assert await status(application, "/healthz") == HTTPStatus.OK


async def fails_health_when_it_keeps_ending(
    application: Application, name: str, said: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """`said` is what the pages name."""
    monkeypatch.setattr(tasks, "RESTARTS", 0)
    running(name)[0].cancel()
    await eventually(lambda: status(application, "/healthz"), HTTPStatus.SERVICE_UNAVAILABLE)
    for path in ("/healthz", "/readyz"):
        code, body = await page(application, path)
        assert (code, json.loads(body)["ended"]) == (HTTPStatus.SERVICE_UNAVAILABLE, [said])
    assert f"{name} has ended: it was cancelled" in caplog.text
