"""An API server that has too much to do turns requests away: they are made again, and nothing is lost.

A control plane of its own: it does very few things at once.
"""

from __future__ import annotations

import threading
import urllib.error
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.cluster.proxy import Proxy
from tests.cluster.refusal import Refusal
from tests.cluster.stage import Stage, flag
from tests.cluster.traffic import Traffic

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

FLAGS: dict[str, str | None] = {
    "max-requests-inflight": "2",
    "max-mutating-requests-inflight": "1",
    "enable-priority-and-fairness": "false",
}
NAMES = [f"f{number}" for number in range(60)]
WRITERS = 6
MOST_A_SECOND = 40
"""Requests of one operator to an API server that refuses all: of its watches, lists, statuses and Lease together."""


@pytest.fixture(scope="module")
def plane(own_plane: ControlPlane) -> ControlPlane:
    return own_plane


def insist(stage: Stage, name: str, percent: int) -> None:
    """Apply a flag, again and again if it is turned away."""
    while True:
        try:
            return stage.apply(flag(name, percent))
        except urllib.error.HTTPError as error:
            if error.code != 429:
                raise


def write(stage: Stage, percent: int) -> None:
    """Apply all flags, several at a time."""
    writers = [
        threading.Thread(target=lambda part=NAMES[number::WRITERS]: [insist(stage, name, percent) for name in part])
        for number in range(WRITERS)
    ]
    for each in writers:
        each.start()
    for each in writers:
        each.join()


def turned_away(stage: Stage) -> Counter[str]:
    """Return how many requests of the operator got 429, by verb."""
    return Counter(
        entry["verb"]
        for entry in stage.plane.audit()
        if entry["user"]["username"].endswith(":flagoperator") and entry["responseStatus"].get("code") == 429
    )


def test_every_status_is_right_in_the_end(stage: Stage):
    operator = stage.operator("--relist-interval", "2")
    replica = stage.replica("flagd-0")
    for percent, answer in ((0, "off"), (100, "on")):
        write(stage, percent)
        for name in NAMES:
            assert stage.wait(name, Published="True")["status"]["published"] == "1/1"
        assert {stage.variant(replica, name) for name in NAMES} == {answer}
    assert turned_away(stage)["patch"], "the API server turned nothing away"
    assert operator.state()["leading"]
    writes, failures = (operator.metric(f"flagoperator_status_{each}_total") for each in ("writes", "write_failures"))
    assert failures < writes, "it goes on asking as if nothing had been said"
    said = [each for each in operator.log if "statuses wait for the API server" in each["message"]]
    assert 1 <= len(said) < turned_away(stage)["patch"], "said once for many"


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=pytest.mark.long)])
def test_an_api_server_that_answers_everything_with_429_is_asked_less_and_nothing_is_lost(stage: Stage, seconds: int):
    with Proxy(stage.kubeconfig) as proxy, Refusal(*stage.plane.serving) as refusal:
        stage.kubeconfig = proxy.kubeconfig
        operator = stage.operator("--relist-interval", "2")
        with Traffic(stage, stage.replicas()) as traffic:
            traffic.flow(5)
            with proxy.leading_to(refusal.address):
                stage.until(lambda: refusal.count)
                traffic.go_on(seconds)
            asked = refusal.count
            stage.until(lambda: operator.state()["leading"])
            traffic.flow(5)
        assert operator.get("/healthz")[0] == 200
    assert asked < MOST_A_SECOND * (seconds + 5), "it goes on asking as if nothing had been said"


def test_answers_are_right_while_requests_are_turned_away(stage: Stage):
    operator = stage.operator("--relist-interval", "2")
    others = Stage(stage.plane, f"{stage.namespace}-x"[:63])
    with Traffic(stage, stage.replicas()) as traffic:
        traffic.flow(5)
        with others:
            write(others, 50)
        traffic.flow(20)
    assert operator.get("/healthz")[0] == 200
