"""A few paths of an API server in memory, for faults that a real one shows only by luck."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    import asyncio

Object = dict[str, Any]


class ApiServer:
    """Holds objects by path. `failures` are raised by the next calls, one each."""

    def __init__(self) -> None:
        self.objects: dict[str, Object] = {}
        self.failures: list[ApiError] = []
        self.calls: list[str] = []
        self.version = 0
        self.hold: asyncio.Event | None = None

    async def get(self, path: str, **query: str) -> Object:
        self._call(f"GET {path} {query.get('continue', '')}".rstrip())
        if path not in self.objects:
            raise ApiError(404, "NotFound", path)
        return copy.deepcopy(self.objects[path])

    async def create(self, path: str, obj: Object) -> Object:
        self._call(f"POST {path}")
        name = f"{path}/{obj['metadata']['name']}"
        if name in self.objects:
            raise ApiError(409, "AlreadyExists", name)
        return self._put(name, obj)

    async def replace(self, path: str, obj: Object, *, seconds: float = 0) -> Object:  # noqa: ARG002
        self._call(f"PUT {path}")
        if obj["metadata"].get("resourceVersion") != self.objects[path]["metadata"]["resourceVersion"]:
            raise ApiError(409, "Conflict", path)
        return self._put(path, obj)

    async def apply(self, path: str, obj: Object, manager: str, *, force: bool = True) -> Object:  # noqa: ARG002
        self._call(f"PATCH {path}")
        if self.hold is not None:
            await self.hold.wait()
        return self._put(path, obj)

    def _call(self, call: str) -> None:
        self.calls.append(call)
        if self.failures:
            raise self.failures.pop(0)

    def _put(self, path: str, obj: Object) -> Object:
        self.version += 1
        stored = copy.deepcopy(obj)
        stored["metadata"] = {"uid": "u", **stored["metadata"], "resourceVersion": str(self.version)}
        self.objects[path] = stored
        return copy.deepcopy(stored)
