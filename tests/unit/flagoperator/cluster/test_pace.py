"""Fewer calls are on their way where the API server turns them away, and more again where it does not."""

from __future__ import annotations

import asyncio

import pytest

from flagoperator.cluster import pace as module
from flagoperator.cluster.pace import Pace


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_REST_SECONDS", 0)


@pytest.mark.usefixtures("quick")
def test_each_refusal_halves_the_width_and_one_place_stays():
    pace, widths = Pace(8), []
    for _ in range(5):
        pace.turned_away()
        widths.append(pace.width)
    assert widths == [4, 2, 1, 1, 1]


def test_what_was_on_its_way_when_a_rest_began_counts_once():
    pace = Pace(8)
    for _ in range(8):
        pace.turned_away()
    assert pace.width == 4


@pytest.mark.usefixtures("quick")
def test_answers_win_the_width_back():
    pace = Pace(8)
    for _ in range(3):
        pace.turned_away()
    for _ in range(100):
        pace.went_well()
    assert pace.width == 8


async def test_as_many_are_on_their_way_as_the_width_says():
    pace, inside, most = Pace(3), 0, 0

    async def call() -> None:
        nonlocal inside, most
        async with pace:
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(call() for _ in range(20)))
    assert most == 3


async def test_all_rest_after_a_refusal(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "FIRST_REST_SECONDS", 60)
    pace = Pace(3)
    pace.turned_away()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), pace:
            pass
    # Whoever gave up waiting has left its place.
    assert pace._busy == 0


@pytest.mark.usefixtures("quick")
async def test_a_call_that_is_refused_again_and_again_does_not_keep_the_others_waiting():
    pace, served = Pace(1), asyncio.Event()

    async def other() -> None:
        async with pace:
            served.set()

    async with pace:
        waiting = asyncio.create_task(other())
        await asyncio.sleep(0)
    for _ in range(100):
        async with pace:
            await asyncio.sleep(0)
            pace.turned_away()
        if served.is_set():
            break
    assert served.is_set()
    await waiting


def test_one_call_is_on_its_way_while_others_are_more_urgent():
    urgent = True
    pace = Pace(8, lambda: urgent)
    assert pace.width == 1
    urgent = False
    assert pace.width == 8
