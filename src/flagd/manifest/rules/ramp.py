"""Rules for ramps and plans."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from flagd.manifest.finding import Finding, warning
from flagd.manifest.parts.duration import duration, seconds
from flagd.manifest.parts.percent import thousandths
from flagd.manifest.rules.guard import check_guards
from flagd.manifest.rules.repetition import repeated
from flagd.manifest.shown import shown
from flagd.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagd.manifest.parts.ramp import Ramp, RampPhase, RampRules, RampStep, RampWindow
    from flagd.manifest.path import FieldPath

EVERYBODY = 100_000
"""100 % in units of 0.001 %."""
MOST_ALPHA = 0.5
MOST_SEGMENTS = 99
"""Segments of a flag that ramps; with All Other Users that is 100 allocations."""


def check_plan(rules: RampRules, steps: Sequence[RampStep], path: FieldPath) -> Iterator[Finding]:
    """Yield what is wrong with a plan at `path`, of a flag's own or a shared one."""
    yield from _steps(steps, (*path, "steps"))
    yield from _phases(rules.phases, (*path, "phases"))
    for index, window in enumerate(rules.windows):
        yield from _window(window, (*path, "windows", index))
    if rules.not_before is not None:
        yield from _moment(rules.not_before, (*path, "notBefore"))
    yield from check_guards(rules.guards, (*path, "guards"))
    yield from _compared(rules, steps, path)
    yield from _deadline(rules, steps, (*path, "deadline"))


def check_ramp(ramp: Ramp | None, names: Sequence[str], path: FieldPath) -> Iterator[Finding]:
    """Yield what is wrong with a `ramp` at `path` of a flag whose segments have `names`."""
    if ramp is None:
        return
    ways = [ramp.plan is not None, ramp.steps is not None, ramp.immediate]
    if sum(ways) != 1:
        text = "says nothing" if not any(ways) else "says more than one thing"
        yield Finding(path, "AmbiguousRamp", f"{text}; write one of `plan`, `steps` and `immediate: true`")
    if ramp.steps is None:
        yield from _beside(ramp, path)
    yield from check_plan(ramp, ramp.steps or (), path)
    yield from _segments(names)


def _beside(ramp: Ramp, path: FieldPath) -> Iterator[Finding]:
    for name in ("phases", "windows", "not_before", "deadline", "on_deadline", "guards", "alpha"):
        if name in ramp.model_fields_set:
            alias = type(ramp).model_fields[name].alias or name
            yield Finding((*path, alias), "UnwantedField", "stands beside `steps` only; write it into the plan")


def _segments(names: Sequence[str]) -> Iterator[Finding]:
    path: FieldPath = ("spec", "segments")
    yield from repeated(names, path, "name")
    if len(names) > MOST_SEGMENTS:
        text = f"holds {len(names):,} segments; a flag with a ramp has at most {MOST_SEGMENTS}"
        yield Finding(path, "LimitExceeded", text)


def _steps(steps: Sequence[RampStep], path: FieldPath) -> Iterator[Finding]:
    before = 0
    for index, step in enumerate(steps):
        share = thousandths(step.percent)
        if share <= before:
            text = f"{shown(step.percent)} is not above {'0' if index == 0 else 'the step before it'}; steps must rise"
            yield Finding((*path, index, "percent"), "NotRising", text)
        before = share
    if steps and before != EVERYBODY:
        text = f"{shown(steps[-1].percent)} is not 100; the last step is, and a flag stops at its own goal"
        yield Finding((*path, len(steps) - 1, "percent"), "LastNotHundred", text)


def _phases(phases: Sequence[RampPhase], path: FieldPath) -> Iterator[Finding]:
    first: dict[str, int] = {}
    for index, phase in enumerate(phases):
        yield from repeated(phase.segments, (*path, index, "segments"))
        yield from _steps(phase.steps or (), (*path, index, "steps"))
        if not phase.segments and not phase.all_other_users:
            yield Finding((*path, index), "Empty", "names nobody; write `segments` or `allOtherUsers: true`")
        for name in [*phase.segments, *(["All Other Users"] if phase.all_other_users else [])]:
            if first.setdefault(name, index) != index:
                text = f"{shown(name)} rises in the phase [{first[name]}] already; it may stand once"
                yield Finding((*path, index), "Repeated", text)


def _window(window: RampWindow, path: FieldPath) -> Iterator[Finding]:
    yield from repeated(window.days, (*path, "days"))
    if window.from_ == "24:00":
        yield Finding((*path, "from"), "InvalidForm", 'opens at the end of a day; write "00:00", and the day after')
    if window.from_ == window.to:
        text = "opens and closes at the same time; for a whole day write from 00:00 to 24:00"
        yield Finding((*path, "to"), "EmptyWindow", text)
    if window.time_zone not in _time_zones():
        near = nearest(window.time_zone, _time_zones()) or "Europe/Berlin"
        text = f"{shown(window.time_zone)} is not a time zone; write a name of the IANA list, such as {near}"
        yield Finding((*path, "timeZone"), "UnknownTimeZone", text)


@cache
def _time_zones() -> frozenset[str]:
    """Return the names of all time zones, without those that mean something else on every machine."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _moment(text: str, path: FieldPath) -> Iterator[Finding]:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        says = f'{shown(text)} is not a time of the calendar; write it as "2026-12-01T09:00:00Z"'
        yield Finding(path, "InvalidForm", says)


def _compared(rules: RampRules, steps: Sequence[RampStep], path: FieldPath) -> Iterator[Finding]:
    if rules.alpha is not None and not 0 < float(rules.alpha) <= MOST_ALPHA:
        text = f"{shown(rules.alpha)} is not above 0 and at most {MOST_ALPHA}: a share of runs"
        yield Finding((*path, "alpha"), "OutOfRange", text)
    comparing = [index for index, each in enumerate(rules.guards) if each.compare is not None]
    if not comparing or not steps:
        return
    before = f"after {steps[-2].percent} %" if len(steps) > 1 else "at any step"
    if steps[-1].hold is not None or len(steps) == 1:
        text = f"nothing is compared {before}: at 100 % there is no control; steps below 100 are compared"
        yield warning((*path, "guards", comparing[0], "compare"), "NoControl", text)


def _deadline(rules: RampRules, steps: Sequence[RampStep], path: FieldPath) -> Iterator[Finding]:
    if rules.deadline is None:
        return
    if not seconds(rules.deadline):
        yield Finding(path, "TooShort", f"{shown(rules.deadline)} is over before the first step; leave it out for none")
        return
    needed = max([_held(steps), sum(_held(phase.steps or steps) for phase in rules.phases)])
    if needed > seconds(rules.deadline):
        text = f"{shown(rules.deadline)} is shorter than what the steps are held, which is {duration(needed)} together"
        yield warning(path, "DeadlineTooShort", text)


def _held(steps: Sequence[RampStep]) -> int:
    return sum(seconds(step.hold) for step in steps if step.hold is not None)
