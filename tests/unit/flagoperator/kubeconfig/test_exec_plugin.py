"""A plugin is run when it must be, once for all, off the event loop; its failure is never taken for an answer."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from flagoperator.kubeconfig import CredentialError
from flagoperator.kubeconfig.credential import Certificate
from flagoperator.kubeconfig.exec_plugin import EARLY_SECONDS, RETRY_SECONDS, ExecPlugin
from flagoperator.kubeconfig.section import Section

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_700_000_000.0
V1 = "client.authentication.k8s.io/v1"


class Plugin:
    """A real command, whose answers a test writes; it notes each run, and waits while there is a file ``hold``."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.folder = folder
        script = folder / "plugin"
        script.write_text(
            f'#!/bin/sh\ncd "{folder}"\necho run >> runs\nwhile [ -e hold ]; do sleep 0.01; done\ncat answer\n'
            "[ ! -e fail ] || { echo no way >&2; exit 3; }\n"
        )
        script.chmod(0o755)
        self.answer(token="one")
        config = {"apiVersion": V1, "command": str(script), "interactiveMode": "Never", "installHint": "Get it."}
        self.source = ExecPlugin(Section("user 'ann'", {"exec": config}, folder), {}, lambda: self.now)

    @property
    def runs(self) -> int:
        return len((self.folder / "runs").read_text().split()) if (self.folder / "runs").exists() else 0

    def answer(self, seconds: float | None = None, **status: Any) -> None:
        if seconds is not None:
            status["expirationTimestamp"] = datetime.fromtimestamp(self.now + seconds, UTC).isoformat()
        text = json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": status})
        (self.folder / "answer").write_text(text)

    def flag(self, name: str, present: bool) -> None:
        path = self.folder / name
        path.touch() if present else path.unlink()

    async def token(self) -> str:
        return dict((await self.source.credential()).headers)["Authorization"].removeprefix("Bearer ")

    async def until(self, check: Callable[[], Any]) -> None:
        async with asyncio.timeout(60):
            while not check():
                await asyncio.sleep(0.01)


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


async def test_an_answer_without_an_end_is_asked_for_once(plugin: Plugin):
    assert [await plugin.token() for _ in range(3)] == ["one"] * 3
    plugin.now += 1e6
    assert await plugin.token() == "one"
    assert plugin.runs == 1


async def test_an_answer_is_kept_until_shortly_before_it_expires(plugin: Plugin):
    plugin.answer(3600, token="one")
    await plugin.token()
    plugin.answer(7200, token="two")
    plugin.now = NOW + 3600 - EARLY_SECONDS - 1
    assert await plugin.token() == "one"
    assert plugin.runs == 1
    plugin.now = NOW + 3600 - EARLY_SECONDS + 1
    assert await plugin.token() == "one", "it still holds while the plugin runs"
    await plugin.until(lambda: plugin.runs == 2)
    plugin.now = NOW + 3601
    assert await plugin.token() == "two"


async def test_a_slow_plugin_is_run_once_for_all_and_the_loop_goes_on(plugin: Plugin):
    plugin.flag("hold", True)
    waiting = [asyncio.create_task(plugin.token()) for _ in range(5)]
    await plugin.until(lambda: plugin.runs)
    waiting[0].cancel()
    await asyncio.sleep(0)
    assert not any(each.done() for each in waiting[1:])
    plugin.flag("hold", False)
    assert await asyncio.gather(*waiting[1:]) == ["one"] * 4
    assert plugin.runs == 1


async def test_a_plugin_that_fails_gives_nobody_and_is_tried_again(plugin: Plugin, caplog: pytest.LogCaptureFixture):
    plugin.flag("fail", True)
    for _ in range(3):
        with pytest.raises(CredentialError, match=r"plugin ended with 3: no way; Get it\."):
            await plugin.token()
    assert plugin.runs == 1, "it is left alone for a moment"
    plugin.now += RETRY_SECONDS
    with pytest.raises(CredentialError):
        await plugin.token()
    assert [each.levelno for each in caplog.records] == [logging.WARNING], "it is said once"
    plugin.flag("fail", False)
    plugin.now += RETRY_SECONDS
    assert await plugin.token() == "one"


async def test_a_plugin_that_fails_early_leaves_what_still_holds(plugin: Plugin):
    plugin.answer(3600, token="one")
    await plugin.token()
    plugin.flag("fail", True)
    plugin.now = NOW + 3600 - EARLY_SECONDS
    for _ in range(3):
        assert await plugin.token() == "one"
    plugin.now = NOW + 3600
    with pytest.raises(CredentialError):
        await plugin.token()


async def test_a_token_that_is_refused_before_its_time_is_replaced_at_once(plugin: Plugin):
    await plugin.token()
    plugin.now += 60
    plugin.answer(token="two")
    plugin.source.refused()
    assert await plugin.token() == "two"


async def test_a_plugin_whose_new_answers_are_refused_is_not_run_at_every_request(plugin: Plugin):
    await plugin.token()
    for _ in range(5):
        plugin.source.refused()
        with pytest.raises(CredentialError, match="refuses what it gives"):
            await plugin.token()
    assert plugin.runs == 1


async def test_certificates_are_taken(plugin: Plugin):
    plugin.answer(clientCertificateData="C", clientKeyData="K")
    assert (await plugin.source.credential()).certificate == Certificate(b"C", b"K")


@pytest.mark.parametrize(
    "answer", ["", "[]", "[" * 100_000, "{}", '{"status": {"token": ""}}', '{"status": {"token": 1}}', "null"]
)
async def test_what_is_no_answer_is_a_failure(plugin: Plugin, answer: str):
    (plugin.folder / "answer").write_text(answer)
    with pytest.raises(CredentialError, match=r"not an ExecCredential|neither a token"):
        await plugin.token()


async def test_a_plugin_that_is_not_installed_is_told_with_the_hint():
    config = {"apiVersion": V1, "command": "no-such-plugin", "installHint": "Get it\nthere."}
    source = ExecPlugin(Section("user 'ann'", {"exec": config}, Path()), {})
    with pytest.raises(CredentialError, match=r"exec: no-such-plugin is not installed; Get it there\.$"):
        await source.credential()


async def test_the_plugin_is_run_again_after_there_was_no_thread_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin = Plugin(tmp_path)

    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(CredentialError, match="can't start new thread"):
            await plugin.source.credential()
    plugin.now += RETRY_SECONDS
    assert await plugin.token() == "one"
