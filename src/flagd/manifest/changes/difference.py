"""Difference: what an edit changed in a resource, in the words of its manifest.

Made for logs and Events, so it quotes nothing that may name a user or carry data: of testers, members,
conditions, payloads and free text it says only that they changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.parts.percent import thousandths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagd.manifest.resource import Resource

QUOTED = frozenset(
    {
        "active",
        "allowRebucket",
        "evaluationMode",
        "expires",
        "experimentKey",
        "exposure",
        "key",
        "match",
        "percent",
        "salt",
        "slot",
        "sticky",
        "testing",
        "type",
        "unit",
        "valueType",
    }
)
"""Fields whose values are shown. Weights are shown too. Everything else may name a user or be long."""

REFERENCES = frozenset({"deployments", "segmentRefs", "variants"})
"""Lists of names of which the ones that came and went are shown."""

_IDENTITY = {"segments": "name", "variants": "key", "flags": "key", "memberOf": "group", "slots": "name"}
_UNSET = "not set"


def differences(before: Resource, after: Resource) -> tuple[str, ...]:
    """Return what differs between two forms of one resource, each as one line such as ``active false → true``.

    Fields that are absent count as their defaults. Empty where both mean the same.
    """
    return tuple(_fields("", _spec(before), _spec(after)))


def summary(changes: Sequence[str], most: int = 5) -> str:
    """Return `changes` as one text, the first `most` of them in full and the rest as a number."""
    rest = len(changes) - most
    return ", ".join(changes[:most]) + (f", and {rest} more" if rest > 0 else "")


def _spec(resource: Resource) -> dict[str, Any]:
    return resource.spec.model_dump(by_alias=True)


def _fields(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in {**before, **after}:
        yield from _field(f"{path}.{name}" if path else name, name, before.get(name), after.get(name))


def _field(path: str, name: str, before: Any, after: Any) -> Iterator[str]:  # noqa: ANN401
    if _same(name, before, after):
        return
    if name in _IDENTITY and _entries(before) and _entries(after):
        yield from _list(path, _IDENTITY[name], before or [], after or [])
    elif name in REFERENCES:
        yield from _names(path, before or [], after or [])
    elif name in {"testers", "offTesters", "include", "exclude", "metadata"} or isinstance(before or after, list):
        yield f"{path} changed{_counted(before, after)}"
    elif isinstance(before or after, dict) and name not in {"payload", "offPayload"}:
        yield from _fields(path, before or {}, after or {})
    elif name in QUOTED or ".weights." in path:
        yield f"{path} {_shown(before)} → {_shown(after)}"
    else:
        yield f"{path} changed"


def _same(name: str, before: Any, after: Any) -> bool:  # noqa: ANN401
    if name == "percent" and before is not None and after is not None:
        return thousandths(before) == thousandths(after)
    return bool(before == after) and type(before) is type(after)


def _entries(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(each, dict) for each in value))


def _list(
    path: str, identity: str, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    old = {entry[identity]: entry for entry in before}
    new = {entry[identity]: entry for entry in after}
    if len(old) != len(before) or len(new) != len(after):  # two of one name cannot be told apart
        yield f"{path} changed"
        return
    yield from (f"{path}[{name}] removed" for name in old if name not in new)
    yield from (f"{path}[{name}] added" for name in new if name not in old)
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield f"{path}: order changed"
    for name, entry in new.items():
        if name in old:
            yield from _fields(f"{path}[{name}]", old[name], entry)


def _names(path: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    yield from (f"{path}: {name} removed" for name in before if name not in after)
    yield from (f"{path}: {name} added" for name in after if name not in before)
    if sorted(before) == sorted(after):
        yield f"{path}: order changed"


def _counted(before: object, after: object) -> str:
    old, new = (len(each) if isinstance(each, list) else 0 for each in (before, after))
    return f" ({old} → {new} entries)" if old != new else ""


def _shown(value: object) -> str:
    if value is None:
        return _UNSET
    return str(value).lower() if isinstance(value, bool) else str(value)
