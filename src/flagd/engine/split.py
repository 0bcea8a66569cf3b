"""Split: how the hash divides the users of a segment over the arms of a run and the variants of the flag."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """Those who get the same.

    Attributes:
        arm: of the run that they are in, ``treated`` or ``control``.
        variant: key of what they get.
        width: how many hashes lead there, out of 100 times 2**32. Only the ratio of widths means something.
    """

    arm: str
    variant: str
    width: int


@dataclass(frozen=True, slots=True)
class Split:
    """A division that holds until percents, weights, salt or bucketing key change.

    Attributes:
        segment: name of the segment whose users it divides.
        selector: where the hashed value stands in the context.
        salt: hashed before the value.
        parts: sorted; widths above 0 only.
    """

    segment: str
    selector: tuple[str, ...]
    salt: str
    parts: tuple[Part, ...] = field(default=())

    def number(self, arm: str, variant: str) -> int | None:
        """Return the place, from 0, of a part; None where there is no such part."""
        places = (place for place, each in enumerate(self.parts) if (each.arm, each.variant) == (arm, variant))
        return next(places, None)

    @property
    def unit(self) -> tuple[str, ...]:
        """Where the id stands of what is counted once: the bucketed user, device or group.

        Where another attribute decides the bucket, users are counted: that it moves many of them together is to show.
        """
        if self.selector[:2] == ("context", "groups") and len(self.selector) > 2:
            return (*self.selector[:3], "group_name")
        return self.selector if self.selector[-1:] == ("device_id",) else ("context", "user", "user_id")
