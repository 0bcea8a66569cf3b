"""Two replicas and one Lease: whoever holds it leads, and gives it up at the end."""

from __future__ import annotations

import pytest

from flagoperator.cluster import lease as module
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.lease import CONFIRM_REMOVAL, Lease
from flagoperator.reconcile.authority.election import DURATION_SECONDS, RENEW_SECONDS
from tests.unit.flagoperator.cluster.api_server import ApiServer

PATH = "/apis/coordination.k8s.io/v1/namespaces/flags/leases/flagoperator"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def server() -> ApiServer:
    return ApiServer()


def candidate(server: ApiServer, name: str) -> Lease:
    return Lease(server, "flags", name)  # type: ignore[arg-type]


async def test_the_first_leads_and_the_second_waits(server: ApiServer, clock: Clock):
    first, second = candidate(server, "first"), candidate(server, "second")
    for _ in range(20):
        await first.turn()
        await second.turn()
        assert (first.leads, second.leads) == (True, False)
        clock.now += 2
    assert first.epoch == 1


async def test_the_second_takes_over_once_the_first_is_silent(server: ApiServer, clock: Clock):
    first, second = candidate(server, "first"), candidate(server, "second")
    await first.turn()
    await second.turn()
    clock.now += RENEW_SECONDS
    assert not first.leads
    await second.turn()
    assert not second.leads
    clock.now += DURATION_SECONDS - RENEW_SECONDS
    await second.turn()
    assert second.leads
    assert second.epoch == 2
    await first.turn()
    assert not first.leads


async def test_a_released_lease_is_taken_at_once(server: ApiServer, clock: Clock):  # noqa: ARG001
    first, second = candidate(server, "first"), candidate(server, "second")
    await first.turn()
    await first.release()
    assert not first.leads
    await second.turn()
    assert (second.leads, second.epoch) == (True, 2)


async def test_one_who_cannot_renew_stops_leading_before_others_may_start(server: ApiServer, clock: Clock):
    first = candidate(server, "first")
    await first.turn()
    for _ in range(5):
        server.failures.append(ApiError(0, "", "no answer"))
        clock.now += 2
        await first.turn()
    assert not first.leads


async def test_of_two_who_write_at_once_one_loses(server: ApiServer, clock: Clock):  # noqa: ARG001
    first, second = candidate(server, "first"), candidate(server, "second")
    await first.turn()
    await first.release()
    await second._look()
    await first.turn()
    with pytest.raises(ApiError, match="leases"):
        await second._write()
    assert (first.leads, second.leads) == (True, False)


async def test_what_people_write_on_it_is_read_and_kept(server: ApiServer, clock: Clock):
    lease = candidate(server, "first")
    await lease.turn()
    assert lease.confirmed == frozenset()
    server.objects[PATH]["metadata"]["annotations"] = {CONFIRM_REMOVAL: "r1, r2"}
    lease.annotate("flagoperator.dev/replicas", "2/2")
    clock.now += 2
    await lease.turn()
    assert lease.confirmed == {"r1", "r2"}
    annotations = server.objects[PATH]["metadata"]["annotations"]
    assert annotations == {CONFIRM_REMOVAL: "r1, r2", "flagoperator.dev/replicas": "2/2"}


async def test_what_is_wrong_is_said_once_until_it_is_mended(
    server: ApiServer,
    clock: Clock,  # noqa: ARG001
    caplog: pytest.LogCaptureFixture,
):
    lease = candidate(server, "first")
    server.failures = [ApiError(403, "Forbidden", "no right")] * 3
    for _ in range(4):
        await lease.turn()
    server.failures = [ApiError(403, "Forbidden", "no right")]
    await lease.turn()
    assert len(caplog.messages) == 2
    assert "flagoperator in namespace flags (--lease-namespace): no right" in caplog.messages[0]


@pytest.mark.parametrize("value", [2**31 - 1, 2**31 - 2, 2**30, -1, 0, None])
async def test_a_lease_with_any_number_of_transitions_heals_by_itself_with_and_without_a_holder(
    server: ApiServer,
    clock: Clock,  # noqa: ARG001
    value: int | None,
):
    first, second = candidate(server, "first"), candidate(server, "second")
    await first.turn()
    await second.turn()
    server.objects[PATH]["spec"]["leaseTransitions"] = value
    await second.turn()
    await first.turn()
    assert first.leads
    assert server.objects[PATH]["spec"]["leaseTransitions"] == 0
    server.objects[PATH]["spec"] |= {"holderIdentity": "", "leaseTransitions": value}
    await second.turn()
    assert second.leads
    assert server.objects[PATH]["spec"]["leaseTransitions"] < 2**31 - 1
    await second.release()
    await first.turn()
    assert first.leads
    assert first.epoch > second.epoch
