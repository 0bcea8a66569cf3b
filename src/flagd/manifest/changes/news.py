"""News: what became of resources since the last look, for logs and Events. Names no user and quotes no condition."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from flagd.manifest.changes.difference import differences, summary
from flagd.manifest.changes.privacy_filter import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flagd.manifest.diagnostic import Diagnostic, ResourceRef
    from flagd.manifest.resource import Resource

MOST_LINES = 20
"""Lines about one look; the rest is a number."""
FEW = 3
"""Up to so many resources that one fault breaks are logged one by one; of more, a line names so many."""


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
        users: how many resources refer to it.
        served: what is served in place of what is broken, as a sentence; empty where nobody says.
    """

    resource: Resource | None = None
    errors: tuple[Diagnostic, ...] = ()
    generation: int = 0
    manager: str = ""
    users: int = 0
    served: str = ""

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
        cause: of what is broken or fixed: the same text for all that one fault breaks; else empty.
    """

    ref: ResourceRef
    reason: Reason
    message: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log.

    Attributes:
        reason: what became of the resources that it is about.
        text: for people.
        refs: the resources.
    """

    reason: Reason
    text: str
    refs: tuple[ResourceRef, ...]

    @property
    def fields(self) -> dict[str, str]:
        """What programs that read logs look for: the project, and which resource it is about where that is one."""
        first, *more = self.refs
        if more:
            return {} if any(ref.namespace != first.namespace for ref in more) else {"project": first.namespace}
        named = {"project": first.namespace, "kind": first.kind, "name": first.name}
        return named | ({"flag": first.name} if first.kind == "Flag" else {})


def news(ref: ResourceRef, before: State, after: State) -> Iterator[News]:
    """Yield what became of `ref`."""
    if not after.there:
        if before.there:
            yield News(ref, Reason.DELETED, f"deleted{_used(before)}")
        return
    by = _by(after) if not before.there or after.generation != before.generation else ""
    if not before.there:
        yield News(ref, Reason.CREATED, f"created{by}")
    elif changed := _changed(before, after):
        yield News(ref, Reason.CHANGED, f"{summary(changed)}{_by(after)}{_used(after)}")
    if after.errors and (_faults(after), after.served) != (_faults(before), before.served):
        yield _broken(ref, after, by)
    elif before.errors and not after.errors:
        yield News(ref, Reason.FIXED, f"fixed{by}", _cause(before.errors[0]))


def lines(found: Iterable[News], most: int = MOST_LINES) -> list[Line]:
    """Return `found` as lines of a log: one each, or one for many that one fault breaks; at most `most` and a count."""
    together: dict[object, list[News]] = defaultdict(list)
    for one in found:
        together[(one.reason, one.cause, one.ref.namespace) if one.cause else one].append(one)
    # What is broken is not to be cut off by a flood of changes.
    few = (([one] for one in group) if len(group) <= FEW else [group] for group in together.values())
    groups = sorted((each for group in few for each in group), key=lambda group: group[0].reason is not Reason.BROKEN)
    told = [Line(group[0].reason, _line(group), tuple(one.ref for one in group)) for group in groups]
    rest = told[most:]
    if not rest:
        return told
    refs = tuple(ref for line in rest for ref in line.refs)
    return [*told[:most], Line(rest[0].reason, f"… and {len(refs)} more", refs)]


def fault(errors: Sequence[Diagnostic]) -> str:
    """Return what is wrong as one text that names no user: the first of `errors`, and how many more there are."""
    first, rest = redacted(errors[0]), len(errors) - 1
    path = f"{first.path}: " if first.path else ""
    return f"{path}{_cause(first)}{f', and {rest} more' if rest else ''}"


def _changed(before: State, after: State) -> tuple[str, ...]:
    if before.resource is None or after.resource is None or before.resource is after.resource:
        return ()
    return differences(before.resource, after.resource)


def _broken(ref: ResourceRef, state: State, by: str) -> News:
    location = state.errors[0].location
    place = f" ({location})" if location else ""
    served = f"; {state.served}" if state.served else ""
    return News(ref, Reason.BROKEN, f"{fault(state.errors)}{served}{place}{by}{_used(state)}", _cause(state.errors[0]))


def _cause(error: Diagnostic) -> str:
    return f"{redacted(error).message} [{error.reason}]"


def _faults(state: State) -> list[tuple[str, str, str]]:
    """Return what is wrong, wherever it stands: lines move when others are edited."""
    return [(each.path, each.reason, each.message) for each in state.errors]


def _by(state: State) -> str:
    parts = [f"generation {state.generation}"] if state.generation else []
    parts += [f"by {state.manager}"] if state.manager else []
    return f" ({', '.join(parts)})" if parts else ""


def _used(state: State) -> str:
    return f"; {state.users} {'resources use' if state.users > 1 else 'resource uses'} it" if state.users else ""


def _line(group: Sequence[News]) -> str:
    first = group[0]
    if len(group) == 1:
        verb = {Reason.BROKEN: "cannot be used: ", Reason.FIXED: "is ", Reason.DELETED: "is "}.get(first.reason, "")
        return f"{first.ref}{'' if verb else ':'} {verb}{first.message}"
    names = ", ".join(str(one.ref) for one in group[:FEW])
    more = f" and {len(group) - FEW} more" if len(group) > FEW else ""
    what = "are fixed" if first.reason is Reason.FIXED else f"cannot be used: {first.cause}"
    return f"{len(group)} resources {what}: {names}{more}"
