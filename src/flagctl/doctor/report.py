"""Report: findings as people and scripts read them."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from flagctl.doctor.finding import Level
from flagctl.output import indented
from flagctl.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.doctor.finding import Finding

_COLOURS = {Level.OK: "green", Level.UNKNOWN: "yellow", Level.WARNING: "yellow", Level.PROBLEM: "red"}
_WIDTH = max(map(len, Level))


def text_report(findings: Sequence[Finding]) -> str:
    """Return a line for each finding, below it what to do, and at the end a count."""
    lines = []
    for each in findings:
        level = click.style(each.level.ljust(_WIDTH), fg=_COLOURS.get(each.level))
        lines.append(f"{level}  {each.about}: {printable(each.text)}")
        lines += [f"{' ' * _WIDTH}  → {printable(each.remedy)}"] if each.remedy else []
    return "\n".join([*lines, "", _summary(findings)])


def json_report(findings: Sequence[Finding]) -> str:
    """Return ``[{"level": …, "about": …, "text": …, "remedy": …}, …]``."""
    told = [{name: text for name, text in asdict(each).items() if name != "state"} for each in findings]
    return indented(told)


def _summary(findings: Sequence[Finding]) -> str:
    counts = Counter(each.level for each in findings)
    wrong = [
        f"{counts[level]} {noun if counts[level] == 1 else nouns}"
        for level, noun, nouns in (
            (Level.PROBLEM, "problem", "problems"),
            (Level.WARNING, "warning", "warnings"),
            (Level.UNKNOWN, "thing unknown", "things unknown"),
        )
        if counts[level]
    ]
    return ", ".join(wrong) or "nothing is wrong"
