"""Report: differences as people, pull requests and scripts read them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from flagctl.comparison.difference import Act
from flagctl.comparison.markup import cell, code
from flagctl.output import indented
from flagctl.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.comparison.difference import Difference

_COLOURS = {Act.ADDED: "green", Act.REMOVED: "red", Act.CHANGED: "yellow", Act.FAULTY: "magenta"}


def text(found: Sequence[Difference]) -> str:
    """Return one line a resource, such as ``prod/checkout: US and Canada 5 % → 25 %; …``, and a line that counts."""
    return "\n".join([*map(line, found), summary(found)])


def markdown(found: Sequence[Difference]) -> str:
    """Return a table for a comment on a pull request."""
    if not found:
        return f"**{summary(found)}**"
    rows = [f"| {code(each.title)} | {cell(_said(each))} | {cell(_effect(each))} |" for each in found]
    head = ["| resource | change | what it does |", "|---|---|---|"]
    return "\n".join([f"**{summary(found)}**", "", *head, *rows])


def as_json(found: Sequence[Difference]) -> str:
    """Return ``{"differences": [...]}``."""
    return indented({"differences": list(map(as_entry, found))})


def as_entry(each: Difference) -> dict[str, Any]:
    """Return what scripts read of one difference."""
    return {
        "kind": each.ref.kind,
        "namespace": each.ref.namespace,
        "name": each.ref.name,
        "act": "notCompared" if each.act is Act.FAULTY else each.act.value,
        "changes": each.changes,
        "effects": each.effects,
        "feltBy": each.felt_by,
    }


def summary(found: Sequence[Difference]) -> str:
    """Return how many resources differ: ``2 resources differ: 1 added, 1 changed``."""
    if not found:
        return "nothing differs"
    count = Counter(each.act for each in found)
    parts = ", ".join(f"{count[act]} {act}" for act in Act if count[act])
    return f"{len(found)} resource{' differs' if len(found) == 1 else 's differ'}: {parts}"


def line(each: Difference) -> str:
    """Return one resource on one line."""
    effect = _effect(each)
    said = "; ".join([_said(each), effect] if effect else [_said(each)])
    return f"{click.style(printable(each.title), fg=_COLOURS[each.act])}: {printable(said)}"


def _said(each: Difference) -> str:
    if each.act is Act.CHANGED:
        return "; ".join(each.changes)
    return f"{each.act}{''.join(f': {text}' for text in each.changes)}"


def _effect(each: Difference) -> str:
    felt = [f"felt by {', '.join(each.felt_by)}"] if each.felt_by else []
    return "; ".join([*each.effects, *felt])
