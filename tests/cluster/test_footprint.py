"""Growth is found, and what is none is not."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.cluster.footprint import Footprint, bounded

if TYPE_CHECKING:
    from pathlib import Path

BEFORE = Footprint(memory=200_000, files=100, threads=50)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (BEFORE, []),
        (Footprint(219_000, 110, 55), []),
        (Footprint(1, 1, 1), []),
        (Footprint(221_000, 100, 50), ["memory: 200000 became 221000"]),
        (Footprint(200_000, 111, 50), ["files: 100 became 111"]),
        (Footprint(200_000, 100, 56), ["threads: 50 became 56"]),
    ],
)
def test_more_than_a_tenth_is_growth(now: Footprint, found: list[str]):
    assert now.grown(BEFORE) == found


def test_a_few_more_are_no_growth_in_a_small_process():
    assert Footprint(62_000, 12, 6).grown(Footprint(50_000, 8, 4)) == []


def test_a_process_that_leaks_files_is_found(tmp_path: Path):
    here = {"here": SimpleNamespace(pid=os.getpid())}
    leaked = []
    with pytest.raises(AssertionError, match="I6 here, files"), bounded(here, settle=0):
        leaked += [(tmp_path / "file").open("w") for _ in range(200)]
    for file in leaked:
        file.close()


def test_a_process_that_gives_back_what_it_took_is_fine(tmp_path: Path):
    with bounded({"here": SimpleNamespace(pid=os.getpid())}):
        for file in [(tmp_path / "file").open("w") for _ in range(200)]:
            file.close()
