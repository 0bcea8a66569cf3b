"""News: what became of resources since the last look, for logs and Events. Names no user and quotes no condition."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from flagd.manifest.difference import differences, summary
from flagd.manifest.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flagd.manifest.diagnostic import Diagnostic, ResourceRef
    from flagd.manifest.resource import Resource

MOST_LINES = 20
"""Lines about one look; the rest is a number."""
_NAMED = 3
"""Resources that a line about many of them names."""


class Reason(StrEnum):
    """What became of a resource; also the reason of the Event."""

    CREATED = "Created"
    CHANGED = "Changed"
    DELETED = "Deleted"
    BROKEN = "Broken"
    FIXED = "Fixed"


@dataclass(frozen=True, slots=True)
class State:
    """A resource at one look.

    Attributes:
        resource: its newest valid form; None where it is not there, or was never valid.
        errors: what keeps the present form out; empty = it is in use.
        generation: ``metadata.generation``; 0 where there is none.
        manager: who wrote it last, as ``managedFields`` names them; empty where nobody says.
    """

    resource: Resource | None = None
    errors: tuple[Diagnostic, ...] = ()
    generation: int = 0
    manager: str = ""

    @property
    def there(self) -> bool:
        """Whether there is such a resource, valid or not."""
        return self.resource is not None or bool(self.errors)


ABSENT = State()


@dataclass(frozen=True, slots=True)
class News:
    """One thing that became of one resource.

    Attributes:
        ref: which.
        reason: what.
        message: one line, without the name of the resource.
        cause: of what is broken: the same text for all that one fault breaks; else empty.
    """

    ref: ResourceRef
    reason: Reason
    message: str
    cause: str = ""


def news(ref: ResourceRef, before: State, after: State) -> Iterator[News]:
    """Yield what became of `ref`."""
    if not after.there:
        if before.there:
            yield News(ref, Reason.DELETED, "deleted")
        return
    if not before.there:
        yield News(ref, Reason.CREATED, f"created{_by(after)}")
    elif changed := _changed(before, after):
        yield News(ref, Reason.CHANGED, f"{summary(changed)}{_by(after)}")
    if after.errors and after.errors != before.errors:
        yield _broken(ref, after)
    elif before.errors and not after.errors:
        yield News(ref, Reason.FIXED, "fixed")


def lines(found: Iterable[News], most: int = MOST_LINES) -> list[tuple[Reason, str]]:
    """Return `found` as lines of a log: one each, one for all that one fault breaks, at most `most` and a count."""
    together: dict[object, list[News]] = defaultdict(list)
    for one in found:
        together[(one.cause, one.ref.namespace) if one.cause else one].append(one)
    told = [(group[0].reason, _line(group)) for group in together.values()]
    # What is broken is not to be cut off by a flood of changes.
    told.sort(key=lambda line: line[0] is not Reason.BROKEN)
    rest = len(told) - most
    return [*told[:most], *([(told[most][0], f"… and {rest} more")] if rest > 0 else ())]


def _changed(before: State, after: State) -> tuple[str, ...]:
    if before.resource is None or after.resource is None or before.resource is after.resource:
        return ()
    return differences(before.resource, after.resource)


def _broken(ref: ResourceRef, state: State) -> News:
    first, *more = map(redacted, state.errors)
    rest = f", and {len(more)} more" if more else ""
    path = f"{first.path}: " if first.path else ""
    cause = f"{first.message} [{first.reason}]"
    return News(ref, Reason.BROKEN, f"{path}{cause}{rest}{_by(state)}", cause)


def _by(state: State) -> str:
    parts = [f"generation {state.generation}"] if state.generation else []
    parts += [f"by {state.manager}"] if state.manager else []
    return f" ({', '.join(parts)})" if parts else ""


def _line(group: Sequence[News]) -> str:
    first = group[0]
    if len(group) == 1:
        verb = {Reason.BROKEN: "cannot be used: ", Reason.FIXED: "is ", Reason.DELETED: "is "}.get(first.reason, "")
        return f"{first.ref}{'' if verb else ':'} {verb}{first.message}"
    names = ", ".join(str(one.ref) for one in group[:_NAMED])
    more = f" and {len(group) - _NAMED} more" if len(group) > _NAMED else ""
    return f"{len(group)} resources cannot be used: {first.cause}: {names}{more}"
