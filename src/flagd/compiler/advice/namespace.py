"""Namespace: a project that is nearly another one is a typing error, most likely."""

from __future__ import annotations

from collections import Counter
from itertools import takewhile
from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Diagnostic, Severity
from flagd.ruleset.default_project import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from flagd.manifest.diagnostic import ResourceRef

_SHORTEST_WORD = 4
"""Words of fewer letters differ in one without being a slip: eu and us, dev and web."""


def similar_namespaces(refs: Collection[ResourceRef]) -> list[Diagnostic]:
    """Return a warning for each namespace of `refs` that is one letter away from another with at least as many of them.

    Numbers and short words between dashes are names on purpose: shop-1 and shop-2, team-a and team-b.
    """
    counts = Counter([ref.namespace for ref in refs])
    first: dict[str, ResourceRef] = {}
    for ref in refs:
        first.setdefault(ref.namespace, ref)
    known: dict[str, list[str]] = {}
    found: list[Diagnostic] = []
    for name in sorted(first, key=lambda name: (name != DEFAULT, -counts[name])):
        forms = list(_shortened(name))
        near = next((one for form in forms for one in known.get(form, ()) if _is_slip(name, one)), None)
        if near is not None:
            found.append(_warning(first[name], near))
        for form in forms:
            known.setdefault(form, []).append(name)
    return found


def _shortened(name: str) -> Iterator[str]:
    """Yield `name` and what is left of it without one letter: names one letter apart have one of these in common."""
    yield name
    yield from (name[:position] + name[position + 1 :] for position in range(len(name)))


def _is_slip(name: str, other: str) -> bool:
    before = _common(name, other)
    after = _common(name[before:][::-1], other[before:][::-1])
    one, two = name[before : len(name) - after], other[before : len(other) - after]
    swapped = len(one) == 2 and one == two[::-1]
    if not swapped and max(len(one), len(two)) != 1:
        return False
    words = [_word(text, before, len(text) - after) for text in (name, other)]
    return not any(letter.isdigit() for letter in one + two) and max(map(len, words)) >= _SHORTEST_WORD - swapped


def _common(one: str, other: str) -> int:
    """Return how many letters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _word(text: str, start: int, end: int) -> str:
    """Return the part of `text` between dashes that holds what stands from `start` to `end`."""
    return text[:start].rpartition("-")[2] + text[start:end] + text[end:].partition("-")[0]


def _warning(ref: ResourceRef, near: str) -> Diagnostic:
    name = ref.namespace
    message = f"the namespace {name!r} is one letter away from {near!r}: callers would have to name it; is it mistyped?"
    return Diagnostic(Severity.WARNING, "SimilarNamespace", message, "metadata.namespace", ref)
