"""Schedule: in which order workers take the files of tests, and which they share, so that none works long alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARED = ("tests/docs/test_pages.py", "tests/unit/flagctl/test_no_traceback.py")
"""Long files whose tests have nothing in common: several workers may take part in one."""

WAITING = "tests/cluster/"
"""Tests that wait more than they compute; each worker that meets one starts a control plane."""
SHORT = ("tests/conformance/", "tests/unit/flagd/", "tests/unit/flagoperator/")
"""Files of seconds: something for everybody to do while others wait, and at the end."""

LAST_START = 0.8
"""When the last of the waiting ones is taken, as a part of all that is taken beside them."""


def unit(nodeid: str) -> str:
    """Return what one worker takes as a whole: the file of a test, or the test itself."""
    file = nodeid.partition("::")[0]
    return nodeid if file in SHARED else file


def ordered(files: Iterable[str]) -> list[str]:
    """Return files as they are taken: the shared ones, most others, then waiting and short ones mixed."""
    waiting, short, others = [], [], []
    for file in sorted(files, key=lambda file: file not in SHARED):
        (waiting if file.startswith(WAITING) else short if file.startswith(SHORT) else others).append(file)
    return [*others, *_mixed(waiting, short)]


def _mixed(waiting: list[str], short: list[str]) -> list[str]:
    places = [(LAST_START * number / len(waiting), file) for number, file in enumerate(waiting)]
    places += [(number / len(short), file) for number, file in enumerate(short)]
    return [file for _, file in sorted(places)]
