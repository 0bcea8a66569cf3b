"""Extra: what each program needs beyond the base installation, and what a program says where that is missing.

Imported before anything that an extra brings, so it needs the standard library alone.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

_CLI = ("click", "grpc", "promql_parser", "pydantic", "tzdata", "yaml")
_PROCESS = (*_CLI, "grpc_health", "grpc_reflection", "orjson", "prometheus_client")
_PYVOY = ("pyvoy",) if sys.platform == "linux" else ()
_CTL = (*_CLI, "aiohttp", "orjson", "rich")
EXTRAS: dict[str, tuple[str, ...]] = {
    "ctl": _CTL,
    "dashboard": (*_CTL, "jinja2", "starlette", "uvicorn", "watchfiles"),
    "server": (*_PROCESS, *_PYVOY, "watchfiles"),
    "operator": (*_PROCESS, "aiohttp", "kopf"),
}
"""The modules that each extra of pyproject.toml brings, those it brings by way of another included."""
EXIT_NOT_INSTALLED = 2


def require(extra: str, program: str) -> None:
    """End `program` with exit code 2 and one line that names `extra`, unless all that the extra brings is there."""
    missing = [name for name in EXTRAS[extra] if find_spec(name) is None]
    if missing:
        line = f"{program} needs {_listed(missing)}: run pip install 'flagoperator[{extra}]'"
        print(line, file=sys.stderr)
        sys.exit(EXIT_NOT_INSTALLED)


def _listed(names: list[str]) -> str:
    shown = " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)
    return f"{shown}, which {'are' if names[1:] else 'is'} not installed"
