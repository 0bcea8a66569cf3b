"""Replicas are replaced under load, on a real node, and more come and go: no call of any kind of client fails."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest

from tests.node import providers
from tests.node.calls import WAYS, Calls
from tests.node.installed import FLAG, SYSTEM
from tests.node.providers import LANGUAGES, Asking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]


@pytest.fixture(scope="module")
def asking(installed: Installed) -> Iterator[dict[str, Asking]]:
    """Providers of other languages, at the Service, by language; those that are installed here."""
    installed.apply({**FLAG, "metadata": {"name": providers.FLAG, "namespace": "default"}}, namespace="default")
    waited = ("wait", "--for=condition=Published", "--timeout=240s", f"flag/{providers.FLAG}")
    installed.kubectl(*waited, namespace="default")
    address = installed.kubectl("get", "service", "flagd", "-ojsonpath={.spec.clusterIP}", namespace=SYSTEM)
    found: dict[str, Asking] = {}
    with ExitStack() as running:
        for language in LANGUAGES:
            with suppress(pytest.skip.Exception):
                each = Asking(installed.node.inside(), f"{address}:8013", language)
                found[language] = running.enter_context(each)
        yield found


@pytest.fixture(scope="module")
def failures(installed: Installed, asking: dict[str, Asking]) -> dict[str, list[str]]:
    """How calls of each client failed while all replicas were replaced, a third came, and went again."""
    calls = Calls(installed)
    calls.start()
    try:
        installed.helm("upgrade", "--set=flagd.replicas=3", "--set=flagd.logLevel=debug")
        installed.helm("upgrade")
        calls.go_on()
        return calls.failures() | {language: each.failures for language, each in asking.items()}
    finally:
        calls.stop()


@pytest.mark.parametrize("client", [*WAYS, *LANGUAGES])
def test_no_call_fails_while_replicas_are_replaced_and_more_come_and_go(
    failures: dict[str, list[str]], asking: dict[str, Asking], client: str
):
    if client in LANGUAGES:
        LANGUAGES[client]()  # skips with its reason
        assert asking[client].answers
    elif client not in failures:
        pytest.skip("the Python clients are not installed: run `make clients`")
    assert not failures[client]
