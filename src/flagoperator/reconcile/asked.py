"""Asked: what annotations of a flag ask of its rollout, and who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest.model import GROUP
from flagd.process.printable import printable
from flagoperator.rollout import Request, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 128
"""Characters that are kept of an annotation."""


def asked_by(metadata: Mapping[str, Any]) -> tuple[Request, ...]:
    """Return what the annotations in `metadata` ask for.

    Anyone who may write a flag may write any name as ``by``: next to it is who wrote the annotation, as the API server
    tells it, and that nobody has verified the name.
    """
    annotations: Mapping[str, str] = metadata.get("annotations") or {}
    found = [(verb, annotations.get(f"{GROUP}/{verb}")) for verb in Verb] if annotations else []
    return tuple(
        Request(verb, printable(token, LONGEST), _who(metadata, verb, annotations.get(f"{GROUP}/by", "")))
        for verb, token in found
        if token
    )


def _who(metadata: Mapping[str, Any], verb: Verb, name: str) -> str:
    manager = _manager(metadata, f"f:{GROUP}/{verb}")
    wrote = [printable(name, LONGEST)] if name else []
    return ", ".join([*wrote, *([f"manager {manager}"] if manager else []), "not verified"])


def _manager(metadata: Mapping[str, Any], field: str) -> str:
    """Return who wrote the annotation `field` last, as ``managedFields`` name them; empty where nobody says."""
    wrote = [each for each in metadata.get("managedFields") or () if field in _annotations(each)]
    last = max(wrote, key=lambda each: str(each.get("time") or ""), default=None)
    return "" if last is None else printable(str(last.get("manager") or ""), LONGEST)


def _annotations(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = ((fields.get("fieldsV1") or {}).get("f:metadata") or {}).get("f:annotations") or {}
    return found
