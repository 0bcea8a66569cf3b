"""Resources and edits of them, for the tests of what changes and what that does."""

from __future__ import annotations

import copy
from typing import Any

from flagd.manifest import validate


def made(kind: str, spec: dict[str, Any]) -> Any:
    """Return a valid resource."""
    resource, findings = validate(
        {"apiVersion": "flagoperator.dev/v1alpha1", "kind": kind, "metadata": {"name": "x"}, "spec": spec}
    )
    assert resource is not None, findings
    return resource


def edited(before: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the spec `before` with `value` at `path`; None = without it."""
    spec: Any = copy.deepcopy(before)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    at = spec
    for part in parents:
        at = at[part]
    if value is None:
        del at[last]
    else:
        at[last] = value
    return spec
