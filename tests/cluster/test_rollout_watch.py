"""flagctl rollout watch at a terminal: it draws, follows the size of the window, and leaves everything as it was."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cluster.pseudo_terminal import PseudoTerminal
from tests.cluster.ramping import HOUR, Ramping, plan, ramped

if TYPE_CHECKING:
    from tests.cluster.stage import Stage

CTRL_C = "\x03"
CURSOR_AWAY, CURSOR_BACK = "\x1b[?25l", "\x1b[?25h"
OTHER_SCREEN, OWN_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


@pytest.fixture
def ramping(stage: Stage, tmp_path: Path) -> Ramping:
    return Ramping(stage, tmp_path)


def watching(ramping: Ramping, *options: str, term: str = "xterm-256color") -> PseudoTerminal:
    program = str(Path(sys.executable).parent / "flagctl")
    words = [program, "rollout", "watch", "checkout", "--namespace", ramping.stage.namespace, *options]
    environment = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS", "NO_COLOR")}
    return PseudoTerminal(words, environment | {"KUBECONFIG": str(ramping.stage.plane.admin), "TERM": term})


def test_a_tree_is_drawn_in_place_fits_the_window_and_is_gone_after_ctrl_c(ramping: Ramping):
    stage = ramping.stage
    stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    with watching(ramping) as terminal:
        stage.until(lambda: "  ├─ ● 5 %  hold 6h  ← Holding" in terminal.screen(), lambda: repr(terminal.written))
        assert OTHER_SCREEN in terminal.written
        assert CURSOR_AWAY in terminal.written
        ramping.after(6 * HOUR)
        stage.until(lambda: "  ├─ ● 25 %  hold 12h  ← Holding" in terminal.screen(), lambda: repr(terminal.screen()))
        seen = terminal.screen()
        assert len([line for line in seen if line.startswith("flag/checkout")]) == 1, "drawn over what was there"
        assert "  ├─ ✔ 5 %  hold 6h" in seen
        terminal.resize(6, 24)
        stage.until(lambda: terminal.screen()[:1] == ["flag/checkout  Progress…"], lambda: repr(terminal.screen()))
        assert len(terminal.screen()) <= 6
        assert all(len(line) <= 24 for line in terminal.screen())
        terminal.resize(40, 120)
        stage.until(lambda: "  └─ ○ 100 %  hold 1d" in terminal.screen(), lambda: repr(terminal.screen()))
        terminal.press(CTRL_C)
        assert terminal.process.wait(60) == 130
        terminal.read()
        left = terminal.written.rpartition(OWN_SCREEN)[2]
        assert CURSOR_BACK in terminal.written
        assert "● 25 %  hold 12h  ← Holding" in left, "the last state stays"
        assert "Traceback" not in terminal.written


def test_it_ends_by_itself_once_everybody_has_it(ramping: Ramping):
    ramping.stage.apply(plan(steps=[{"percent": 5, "hold": "6h"}, {"percent": 100}]), ramped())
    ramping.wait("Holding", "5")
    with watching(ramping, "--until", "RolledOut") as terminal:
        ramping.stage.until(lambda: terminal.screen(), lambda: repr(terminal.written))
        ramping.after(6 * HOUR)
        ramping.stage.until(lambda: terminal.read() and terminal.process.poll() is not None)
        assert terminal.process.returncode == 0
        assert "flag/checkout  Completed" in terminal.read().rpartition(OWN_SCREEN)[2]


def test_it_leaves_the_terminal_as_it_was_when_it_is_told_to_end(ramping: Ramping):
    ramping.stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    with watching(ramping) as terminal:
        ramping.stage.until(lambda: terminal.screen(), lambda: repr(terminal.written))
        terminal.process.terminate()
        assert terminal.process.wait(60) == -signal.SIGTERM
        assert terminal.read().rpartition(CURSOR_BACK)[2].startswith(OWN_SCREEN)


def test_a_terminal_that_cannot_draw_gets_lines(ramping: Ramping):
    ramping.stage.apply(plan(), ramped())
    ramping.wait("Holding", "5")
    with watching(ramping, term="dumb") as terminal:
        ramping.stage.until(lambda: "Progressing Holding" in terminal.read())
        assert "\x1b" not in terminal.written
        terminal.press(CTRL_C)
        assert terminal.process.wait(60) == 130
