"""Topic: what a page is about: it is told of changes to that, and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from flagd.manifest import KINDS

EVERYTHING = "everything"
FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: whole kinds, or one flag with what it takes to explain it.

    Attributes:
        kinds: those that the page lists.
        used: of these it also says what refers to them.
        flag: namespace and name of the object; None = none.
    """

    kinds: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    flag: tuple[str, str] | None = None

    def __str__(self) -> str:
        if self.flag is not None:
            return "/".join(("flag", *self.flag))
        return next(name for name, each in _NAMED.items() if each == self)


def topic_of(text: str) -> Topic | None:
    """Return the topic that `str` wrote as `text`; None where that is none."""
    match text.split("/"):
        case ["flag", namespace, name]:
            return Topic(flag=(namespace, name))
        case [name]:
            return _NAMED.get(name)
        case _:
            return None


OVERALL = Topic(tuple(KINDS))
"""Everything."""
_NAMED = {
    EVERYTHING: OVERALL,
    FLAGS: Topic(("Flag",)),
    **{kind: Topic((kind,), (kind,)) for kind in KINDS if kind != "Flag"},
}
