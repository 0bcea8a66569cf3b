"""However Kopf ends, the process lives on and is told so, and the log says why."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import kopf
import pytest
from aiohttp import web

from flagoperator.cluster import watch as module
from flagoperator.cluster.watch import Watch
from flagoperator.kubeconfig import Access

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECONDS = 60
KILL = "kopf._core.reactor.running.signal"


class Signals:
    """What Kopf takes for the module `signal`; `deadly` once it looks for what kills, which does nothing here."""

    def __init__(self) -> None:
        self.deadly = False

    def __getattr__(self, name: str) -> Any:
        if name not in ("pthread_kill", "raise_signal"):
            return getattr(signal, name)
        self.deadly = True
        return lambda *_: None


@pytest.fixture
async def forbidding() -> AsyncIterator[str]:
    """The URL of an API server that forbids everything."""

    async def forbid(_: web.Request) -> web.Response:
        return web.json_response({"kind": "Status", "code": 403, "message": "no"}, status=403)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", forbid)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def watching(server: str = "http://127.0.0.1:1") -> Watch:
    async def access() -> Access:
        return Access((), False)

    connection: Any = SimpleNamespace(
        server=server, proxy=None, server_name=None, access=access, refused=lambda _: None
    )
    return Watch(connection, ["shop"], lambda _: "7", lambda: None, lambda *_: None)


async def ended(watch: Watch) -> None:
    await watch.start()
    await asyncio.wait_for(watch.ended(), SECONDS)


async def test_kopf_that_fails_ends_the_watch_and_kills_nobody(
    forbidding: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    signals = Signals()
    monkeypatch.setattr(KILL, signals)
    monkeypatch.setattr(module, "_Backoffs", tuple)
    await ended(watching(forbidding))
    assert any(message.startswith("the watch ended: ") for message in caplog.messages), caplog.messages
    assert not signals.deadly


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (None, "Kopf returned"),
        (RuntimeError("out of luck"), "out of luck"),
        (asyncio.CancelledError(), "CancelledError"),
        (SystemExit(3), "3"),
    ],
)
async def test_it_is_said_why_a_watch_ended(
    error: BaseException | None, reason: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    async def operator(**_: object) -> None:
        if error is not None:
            raise error

    monkeypatch.setattr(kopf, "operator", operator)
    await ended(watching())
    assert f"the watch ended: {reason}" in caplog.messages


async def test_nothing_is_said_of_a_watch_that_was_asked_to_end(forbidding: str, caplog: pytest.LogCaptureFixture):
    watch = watching(forbidding)
    await watch.start()
    await watch.stop()
    await asyncio.wait_for(watch.ended(), SECONDS)
    assert "the watch ended" not in caplog.text


async def test_a_watch_that_has_just_ended_by_itself_can_be_stopped(monkeypatch: pytest.MonkeyPatch):
    async def operator(**_: object) -> None:
        return

    monkeypatch.setattr(kopf, "operator", operator)
    watch = watching()
    await watch.start()
    for thread in threading.enumerate():
        if thread.name == "kopf":
            thread.join(SECONDS)  # and our loop has had no turn to be told
    await watch.stop()
    await asyncio.wait_for(watch.ended(), SECONDS)


def test_kopf_comes_without_the_official_client_that_is_installed_beside_it() -> None:
    script = "import sys, flagoperator.cluster.watch; sys.exit('kubernetes' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)
