"""Imported: a flag of another system as a manifest, with what could not be carried over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import yaml

from flagctl.files.draft import slug
from flagd.manifest import API_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_NAME = 63
_WIDTH = 120


class ForeignError(ValueError):
    """What was read is not what that system exports. The message says where, and what would be right."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that could not be carried over.

    Attributes:
        text: what, and why; with what to do, where anything can be done.
        moves: whether users get other answers because of it. Such a flag is written inactive.
    """

    text: str
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """One flag.

    Attributes:
        key: what callers name it by.
        spec: of the manifest.
        losses: what could not be carried over.
        source: what people call the other system.
        name: ``metadata.name``.
    """

    key: str
    spec: dict[str, Any]
    losses: tuple[Loss, ...]
    source: str
    name: str = field(default="")

    def manifest(self, namespace: str | None = None) -> dict[str, Any]:
        """Return the manifest; inactive where it would answer otherwise than the other system."""
        named = {"key": self.key} if self.key != self.name else {}
        held = {"active": False} if any(loss.moves for loss in self.losses) else {}
        metadata = {"name": self.name, **({"namespace": namespace} if namespace else {})}
        return {"apiVersion": API_VERSION, "kind": "Flag", "metadata": metadata, "spec": {**named, **self.spec, **held}}

    def text(self, namespace: str | None = None) -> str:
        """Return the manifest as YAML; comments name what is lost."""
        notes = [f"#   {' '.join(loss.text.split())}" for loss in self.losses]
        head = [f"# Imported from {self.source}.", *(["# Not carried over:", *notes] if notes else [])]
        body = yaml.safe_dump(self.manifest(namespace), sort_keys=False, allow_unicode=True, width=_WIDTH)
        return "\n".join([*head, body])


def named(flags: Iterable[Imported]) -> list[Imported]:
    """Return `flags`, each with a name that Kubernetes takes and no other of them has."""
    taken: set[str] = set()
    found = []
    for flag in flags:
        stem = slug(flag.key)[:_LONGEST_NAME].rstrip("-") or "flag"
        name, number = stem, 1
        while name in taken:
            number += 1
            name = f"{stem[: _LONGEST_NAME - len(str(number)) - 1]}-{number}"
        taken.add(name)
        found.append(replace(flag, name=name))
    return found
