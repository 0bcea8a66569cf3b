"""Handover: options as JSON, for a process that is to serve what this one was told to."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagd.rpc.transport import TlsFiles
from flagd.server.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATHS = ("manifests", "state_dir")


def give(options: Options) -> dict[str, Any]:
    """Return `options` in JSON types."""
    handed = {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}
    for name in _PATHS:
        handed[name] = handed[name] and str(handed[name])
    if options.tls is not None:
        handed["tls"] = {name: path and str(path) for name, path in dataclasses.asdict(options.tls).items()}
    return handed


def take(handed: Mapping[str, Any]) -> Options:
    """Return the options that `give` turned into JSON types."""
    restored = dict(handed)
    for name in _PATHS:
        restored[name] = restored[name] and Path(restored[name])
    if restored["tls"] is not None:
        restored["tls"] = TlsFiles(**{name: path and Path(path) for name, path in restored["tls"].items()})
    restored["cors_origins"] = tuple(restored["cors_origins"])
    return Options(**restored)
