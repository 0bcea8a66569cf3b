"""Every test: property tests try the same cases in every run, and are not judged by the clock."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tests import schedule
from tests.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdist.scheduler import LoadFileScheduling

# A shell that runs the tests in the background makes its children ignore Ctrl-C; those under test must not.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What one test has left is collected in the middle of a later one, whose log it is not.
logging.getLogger("asyncio").addFilter(lambda record: "was never retrieved" not in record.getMessage())

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")

FOUND = pytest.StashKey[Surroundings]()
"""What tests of any file find."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put right what the last test of a file, and the fixtures of the file, have left."""
    try:
        return (yield)
    finally:
        if nextitem is None or nextitem.path != item.path:
            item.config.stash[FOUND].restore()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring what workers share into the order of the schedule, and note what the first test finds."""
    config.stash[FOUND] = Surroundings.now()
    if hasattr(config, "workerinput"):
        files = [item.nodeid.partition("::")[0] for item in items]
        places = {file: place for place, file in enumerate(schedule.ordered(dict.fromkeys(files)))}
        items.sort(key=lambda item: places[item.nodeid.partition("::")[0]])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Let workers take whole files, but those that they share, in the order of the schedule."""
    if config.option.dist != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return schedule.unit(nodeid)

    config.option.loadscopereorder = False
    return Scheduling(config, log)
