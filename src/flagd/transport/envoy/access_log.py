"""Access log: a line of JSON for each call, written by Envoy, without anything of a person.

Neither addresses nor queries, headers and bodies are in it, nor what a caller typed into a path or a method: they may
say who a user is.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flagd.transport.envoy.known_path import OTHER, USUAL_METHOD
from flagd.transport.envoy.tracing import PATH

STANDARD_OUTPUT = "-"
_TYPE = "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog"
FIELDS = {
    "time": "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
    "method": "%REQ(:METHOD):16%",
    "path": PATH,
    "protocol": "%PROTOCOL%",
    "status": "%RESPONSE_CODE%",
    "grpc_status": "%GRPC_STATUS%",
    "flags": "%RESPONSE_FLAGS%",
    "milliseconds": "%DURATION%",
    "bytes_received": "%BYTES_RECEIVED%",
    "bytes_sent": "%BYTES_SENT%",
    "trace_id": "%TRACE_ID%",
}
"""What a line says, by name, in Envoy's words."""


def access_log(path: str) -> list[dict[str, Any]]:
    """Return the access logs of a connection manager, to the file `path` or to standard output.

    One takes the calls with a usual method, the other the rest, without the method.
    """
    where = f"/proc/{os.getpid()}/fd/1" if path == STANDARD_OUTPUT else path
    return [
        _log(where, FIELDS, USUAL_METHOD),
        _log(where, FIELDS | {"method": OTHER}, USUAL_METHOD | {"invert_match": True}),
    ]


def _log(path: str, fields: dict[str, str], method: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "envoy.access_loggers.file",
        "filter": {"header_filter": {"header": method}},
        "typed_config": {"@type": _TYPE, "path": path, "log_format": {"json_format": fields}},
    }


def check_writable(path: str) -> None:
    """Raise OSError, in words, where no line can be written to `path`."""
    if path == STANDARD_OUTPUT:
        return
    try:
        Path(path).open("a").close()
    except OSError as error:
        raise OSError(f"--access-log: {path} cannot be written: {os.strerror(error.errno or 0).lower()}") from None
