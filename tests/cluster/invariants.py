"""Invariants: what must hold of a history, whatever faults there were.

I1 no wrong answer, I2 no default for a flag that exists, I3 never back to what is older, I4 in the end
the truth, I5 the same bucket everywhere, I7 stale where out of touch, I8 answers at any time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.cluster.model import NOT_FOUND, Model, specs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.cluster.history import Answer, History, Object, Write

STALE_SECONDS = 35.0
"""Two heartbeats of 15 s, and what a busy machine may need."""
FAILED_SHARE = 0.001
MOST = 3


def violations(history: History) -> list[str]:
    """Return what is wrong with the answers, in words; of one kind by one client at most three."""
    clients: dict[str, list[Answer]] = defaultdict(list)
    for answer in history.answers:
        if not answer.error:
            clients[answer.client].append(answer)
    model, final = Model(history), Model(history).final()
    found = [text for answers in clients.values() for text in _wrong(model, answers)]
    for answers in clients.values():
        for flag in dict.fromkeys(flag for answer in answers for flag in answer.flags):
            deletions = [each for each in history.writes if each.name == flag and each.object is None]
            known = answers[0].client in history.restarted
            found += _backward(flag, answers, deletions, known=known)
    for client in clients.keys() - set(history.restarted.values()):
        found += _unconverged(clients[client][-1], final, history.writes)
    found += [*_rebucketed(history), *_dishonest(history, clients), *_unavailable(history)]
    return list(_shortened(found))


def _shortened(found: list[str]) -> Iterator[str]:
    kinds: dict[str, list[str]] = defaultdict(list)
    for text in found:
        kinds[text.partition(",")[0]].append(text)
    for kind, texts in kinds.items():
        yield from texts[:MOST]
        if len(texts) > MOST:
            yield f"{kind}: and {len(texts) - MOST} more"


def _wrong(model: Model, answers: list[Answer]) -> Iterator[str]:
    segment = 0
    for answer in answers:
        unwritten = [
            f"I1 {_place(answer)}: {flag} of write {told.number}, which nobody had begun"
            for flag, told in answer.flags.items()
            if told.number is not None and not _begun(model.writes.get(told.number), flag, answer)
        ]
        if unwritten:
            yield from unwritten
            continue
        found = model.segment(answer, segment)
        if found is None:
            yield f"I1 {_place(answer)}: revision {answer.revision[:12]} is not that of its flags {_numbers(answer)}"
            continue
        if found < segment:
            yield f"I3 {_place(answer)}: the segment of write {found} after {segment}"
        segment = max(found, segment)
        for flag, told in model.told(answer).items():
            if answer.flags[flag] != told:
                yield f"I1 {_place(answer)}: {flag} says {answer.flags[flag]}, the engine {told}"


def _begun(write: Write | None, flag: str, answer: Answer) -> bool:
    if write is None or write.object is None or write.name != flag:
        return False
    return write.begun <= answer.answered


def _backward(flag: str, answers: list[Answer], deletions: Sequence[Write], *, known: bool) -> Iterator[str]:
    """Follow one flag as one client saw it; what is gone is taken for deleted as early as can be.

    `known` says that the replica had the flag before the first answer.
    """
    position, gone = 0 if known else -1, False
    for answer in answers:
        number = answer.flags[flag].number
        if number is not None:
            if number < position:
                yield f"I3 {_place(answer)}: {flag} of write {number} after {position}"
            position, gone = max(position, number), False
        elif position >= 0 and not gone:
            begun = [each.number for each in deletions if each.number > position and each.begun <= answer.answered]
            if not begun:
                yield f"I2 {_place(answer)}: {flag} says {answer.flags[flag].reason}, and nobody had deleted it"
                continue
            position, gone = min(begun), True


def _unconverged(last: Answer, final: str, writes: Sequence[Write]) -> Iterator[str]:
    ended = max((write.done for write in writes), default=0.0)
    if last.revision != final or last.asked < ended:
        yield f"I4 {_place(last)}: revision {last.revision[:12]} in the end, {final[:12]} is what the API server has"


def _rebucketed(history: History) -> Iterator[str]:
    """Compare, over all clients, the answers of flags whose writes differ in nothing that decides."""
    shapes = {number: _shape(spec) for number, spec in specs(history.writes).items()}
    first: dict[tuple[str, str, str], str] = {}
    for answer in history.answers:
        for flag, told in answer.flags.items():
            shape = shapes.get(told.number or 0)
            if shape is None:
                continue
            before = first.setdefault((flag, answer.user, shape), told.variant)
            if before != told.variant:
                yield f"I5 {_place(answer)}: {flag} gives {answer.user} {told.variant} and gave {before}"


def _shape(spec: Object) -> str | None:
    """Return what decides a user's variant; None where a segment of another object has a say."""
    if any(segment.get("segmentRefs") for segment in spec.get("segments", ())):
        return None
    variants = [variant["key"] for variant in spec["variants"]]
    rest = {name: value for name, value in spec.items() if name not in {"metadata", "variants"}}
    return json.dumps([variants, rest], sort_keys=True)


def _dishonest(history: History, clients: Mapping[str, list[Answer]]) -> Iterator[str]:
    for client, answers in clients.items():
        for answer in answers:
            if not answer.stale and _away(history, "", answer, STALE_SECONDS):
                yield f"I7 {_place(answer)}: not stale, and no operator for {STALE_SECONDS:g} s"
        if answers[-1].stale and client not in history.restarted.values():
            yield f"I7 {_place(answers[-1])}: stale in the end"


def _unavailable(history: History) -> Iterator[str]:
    counted = [answer for answer in history.answers if not _away(history, answer.client, answer)]
    failed = [answer for answer in counted if answer.error]
    if len(failed) > FAILED_SHARE * len(counted):
        errors = sorted({answer.error for answer in failed})
        yield f"I8 {_place(failed[0])}: {len(failed)} of {len(counted)} calls failed with {', '.join(errors)}"


def _away(history: History, name: str, answer: Answer, grace: float = 0.0) -> bool:
    """Whether `name` was away during any (with a grace: all) of the time that `answer` took."""
    if grace:
        whole = (each for each in history.absences if each.name == name)
        return any(each.begun + grace <= answer.asked and answer.answered <= each.ended for each in whole)
    return any(
        each.name == name and each.begun <= answer.answered and answer.asked <= each.ended for each in history.absences
    )


def _numbers(answer: Answer) -> str:
    return ", ".join(f"{flag}@{told.number}" for flag, told in answer.flags.items() if told != NOT_FOUND)


def _place(answer: Answer) -> str:
    return f"{answer.client}, {answer.answered:.3f} s"
