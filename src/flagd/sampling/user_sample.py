"""UserSample: what a sample has that somebody else lacks, as a message, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.engine.split import Part, Split
from flagd.sampling.slots import packed
from flagd.v1.ruleset_pb2 import UserSample

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flagd.sampling.sample import Sample


def to_message(project: str, flag: str, sample: Sample, news: Sequence[Iterable[int]]) -> UserSample:
    """Return the message that tells of `news`: slots by part."""
    split = sample.split
    message = UserSample(project=project, flag=flag, run=sample.run, segment=split.segment, salt=split.salt)
    message.selector.extend(split.selector)
    for part, slots in zip(split.parts, news, strict=True):
        message.parts.add(arm=part.arm, variant=part.variant, width=part.width, slots=packed(slots))
    return message


def split_of(told: UserSample) -> Split:
    """Return whose users a message tells of."""
    parts = tuple(Part(each.arm, each.variant, each.width) for each in told.parts)
    return Split(told.segment, tuple(told.selector), told.salt, parts)
