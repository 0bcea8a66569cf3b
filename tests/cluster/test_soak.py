"""A minute of what `make soak` does for an hour: one fault after the other, all invariants, memory, nothing lost."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.cluster.control_plane import ControlPlane
from tests.cluster.fault import FAULTS, Fault
from tests.cluster.growth import EXCESS_KB, Growth, Look
from tests.cluster.installation import install
from tests.cluster.site import Site
from tests.cluster.soak import Plan, Soak, is_wrong

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 20261129
PLAN = Plan(seconds=40, chapter=0, longest=5)


@pytest.fixture
def site(tmp_path: Path, binaries: Path) -> Iterator[Site]:
    with ControlPlane(tmp_path / "control-plane", binaries) as plane:
        install(plane)
        with Site(plane, "soak", tmp_path, SEED) as site:
            yield site


def test_whatever_happens_for_a_minute_nothing_is_wrong_and_nothing_is_lost(site: Site):
    soak = Soak(site, SEED, PLAN)
    soak.run()
    print("\n".join(soak.growth.report()))
    assert soak.found + soak.growth.excesses() == []


def test_a_process_that_ends_by_itself_is_named_with_its_exit_code(plane: ControlPlane, tmp_path: Path):
    with Site(plane, "soak", tmp_path, SEED) as site:
        for name, process in site.processes().items():
            process.signal(signal.SIGKILL)
            process.wait()
            with pytest.raises(AssertionError, match=f"'{name}': -9"):
                site.settle()


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_alone_for_20_seconds_misleads_nobody(site: Site, fault: Fault):
    if reason := fault.available():
        pytest.skip(reason)
    with site.flowing(SEED) as traffic:
        traffic.flow(10)
        fault.inject(site)
        try:
            traffic.go_on(20)
        finally:
            fault.heal(site)
            site.recover()
        site.settle()
        traffic.flow(10)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ({"level": "CRITICAL", "logger": "flagd.process.tasks", "message": "lease has ended"}, True),
        ({"level": "?", "message": "Traceback (most recent call last):"}, True),
        ({"level": "ERROR", "logger": "asyncio", "message": "an error occurred during closing of a generator"}, True),
        (
            {
                "level": "ERROR",
                "logger": "flagoperator.run.subscribers.reviewer",
                "message": "tokens cannot be reviewed",
            },
            False,
        ),
    ],
)
def test_what_no_process_may_say_is_found(line: dict[str, str], wrong: bool):
    assert is_wrong(line) is wrong


def grown(*memory: int) -> Growth:
    growth = Growth()
    for number, each in enumerate(memory):
        growth.add("flagd", 1, Look(60.0 * number, each))
    return growth


def test_memory_that_goes_up_and_up_is_found():
    growth = grown(*(100_000 + 20_000 * number for number in range(10)))
    assert growth.excesses() == [
        f"I6 flagd: {(6 * 20_000 - max(EXCESS_KB, 80_000)) // 1024} MB more than it may have grown by"
    ]
    assert growth.report()[1].split() == ["flagd", "10", "97", "273", "+1171.9"]


def test_memory_that_goes_up_at_first_and_then_stays_is_fine():
    assert grown(50_000, 100_000, 150_000, *[160_000] * 8).excesses() == []


def test_a_process_of_a_few_looks_says_nothing():
    assert grown(1, 10**9).excesses() == []
    assert len(grown(1, 10**9).report()) == 1
