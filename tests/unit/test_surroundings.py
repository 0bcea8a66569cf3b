from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from typing import TYPE_CHECKING

from tests.surroundings import Surroundings

if TYPE_CHECKING:
    from pathlib import Path


def test_whatever_tests_have_left_is_put_right(tmp_path: Path) -> None:
    gc.unfreeze()
    found = Surroundings.now()
    try:
        os.environ["LEFT_BEHIND"] = "yes"
        del os.environ["PATH"]
        os.chdir(tmp_path)
        gc.disable()
        gc.freeze()
        gc.set_threshold(1, 2, 3)
        sys.setswitchinterval(0.5)
        signal.signal(signal.SIGTERM, lambda *_: None)
        left = Surroundings.now()
    finally:
        found.restore()
    assert Surroundings.now() == found != left
    assert gc.get_freeze_count() == 0


def test_what_nobody_has_changed_stays() -> None:
    found = Surroundings.now()
    found.restore()
    assert Surroundings.now() == found


def test_what_was_left_open_and_frozen_is_told_of_no_later_test() -> None:
    left = [socket.socket()]
    left.append(left)  # type: ignore[arg-type]
    gc.freeze()
    del left
    Surroundings.now().restore()
    gc.collect()
