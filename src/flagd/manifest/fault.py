"""Faults: pydantic's errors, said so that the author of a manifest can mend them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import ValidationError

    from flagd.manifest.path import FieldPath
    from flagd.manifest.resource import Resource


def explain(
    error: ValidationError, model: type[Resource], spelling: Callable[[FieldPath], str | None]
) -> list[Finding]:
    """Return one finding for each of pydantic's."""
    return [Finding(tuple(part["loc"]), "Invalid", part["msg"]) for part in error.errors()]
