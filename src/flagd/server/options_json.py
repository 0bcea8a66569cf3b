"""Options as JSON, to hand them to another process."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagd.rpc.transport import TlsFiles
from flagd.server.options import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.transport.channel import Credentials

_PATHS = ("manifests", "state_dir", "ruleset_tokens", "events_key")
_CREDENTIALS = ("credentials", "peer_credentials")


def give(options: Options) -> dict[str, Any]:
    """Return `options` in JSON types."""
    handed = {field.name: getattr(options, field.name) for field in dataclasses.fields(options)}
    for name in _PATHS:
        handed[name] = handed[name] and str(handed[name])
    if options.tls is not None:
        handed["tls"] = _texts(options.tls)
    if options.operator is not None:
        handed["operator"] = dataclasses.asdict(options.operator)
        for name in _CREDENTIALS:
            credentials = getattr(options.operator, name)
            handed["operator"][name] = credentials and _texts(credentials)
    return handed


def take(handed: Mapping[str, Any]) -> Options:
    """Return the options that `give` turned into JSON types."""
    # Loaded only here: the process that gives needs no grpcio.
    from flagd.sources.operator import OperatorSettings
    from flagd.transport.channel import Credentials

    restored = dict(handed)
    for name in _PATHS:
        restored[name] = restored[name] and Path(restored[name])
    if restored["tls"] is not None:
        restored["tls"] = TlsFiles(**_paths(restored["tls"]))
    if restored["operator"] is not None:
        settings = dict(restored["operator"])
        for name in _CREDENTIALS:
            settings[name] = settings[name] and Credentials(**_paths(settings[name]))
        restored["operator"] = OperatorSettings(**settings)
    restored["cors_origins"] = tuple(restored["cors_origins"])
    return Options(**restored)


def _texts(files: TlsFiles | Credentials) -> dict[str, str | None]:
    return {name: path and str(path) for name, path in dataclasses.asdict(files).items()}


def _paths(texts: Mapping[str, str | None]) -> dict[str, Any]:
    return {name: text and Path(text) for name, text in texts.items()}
