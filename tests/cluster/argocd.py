"""Argo CD: what it makes of an object by a health script, in a Lua with no more libraries than it gives to one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from lupa import lua51

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parents[2] / "integrations" / "argocd"
HEALTHY, SUSPENDED, PROGRESSING, DEGRADED = "Healthy", "Suspended", "Progressing", "Degraded"
# Without useOpenLibs: base, package and table, and an os that tells the time.
_BARE = "string, io, debug, coroutine, math, dofile, loadfile = nil; getmetatable('').__index = nil"


class Health(NamedTuple):
    """What is shown of an object."""

    status: str
    message: str


def health(obj: Mapping[str, Any], *, strict: bool = False) -> Health:
    """Return what Argo CD shows of `obj` with the ConfigMap that is to be applied."""
    config = yaml.safe_load((FOLDER / f"argocd-cm{'-strict' if strict else ''}.yaml").read_text())
    script = config["data"][f"resource.customizations.health.flagoperator.dev_{obj['kind']}"]
    lua = lua51.LuaRuntime(register_eval=False, register_builtins=False, unpack_returned_tuples=True)
    lua.execute(_BARE)
    lua.globals().obj = lua.table_from(dict(obj), recursive=True)
    found = lua.execute(script)
    return Health(found["status"], found["message"])
