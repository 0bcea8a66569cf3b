"""Bulk: whether the API server has room for what a file declares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flagd.manifest.finding import warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding
    from flagd.manifest.path import FieldPath

KIB = 1024
ANNOTATION_BYTES = 256 * KIB
ETCD_BYTES = 1536 * KIB
"""Largest request that etcd accepts by default (``--max-request-bytes``)."""
OBJECT_BYTES = 1500 * KIB
"""What leaves room for a status and for what the API server notes of the owners of fields."""


def check_bulk(obj: dict[str, Any]) -> Iterator[Finding]:
    """Yield a warning where `obj` is too large for a plain ``kubectl apply``, or for any cluster."""
    size = _json_bytes(obj)
    if size > OBJECT_BYTES:
        text = (
            f"{_taken(size)}: no cluster takes more than {OBJECT_BYTES // KIB:,} KiB, since etcd stores at most "
            f"{ETCD_BYTES // KIB:,} KiB of an object, its status included; split it into several"
        )
        yield warning(_heaviest(obj), "TooLargeForCluster", text)
    elif size > ANNOTATION_BYTES:
        text = (
            f"{_taken(size)}: plain `kubectl apply` fails above {ANNOTATION_BYTES // KIB} KiB, "
            "because it keeps a copy in an annotation; use `kubectl apply --server-side`"
        )
        yield warning(_heaviest(obj), "ServerSideApplyNeeded", text)


def _taken(size: int) -> str:
    return f"the object takes {size // KIB:,} KiB"


def _heaviest(obj: dict[str, Any]) -> FieldPath:
    """Return the field that takes the most, mostly one of the spec."""
    part = max(obj, key=lambda name: _json_bytes(obj[name]))
    return (part, max(obj[part], key=lambda name: _json_bytes(obj[part][name])))


def _json_bytes(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"))
