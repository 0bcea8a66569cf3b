"""A few paths of an API server in memory, for faults that a real one shows only by luck."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    import asyncio

Object = dict[str, Any]


class ApiServer:
    """Holds objects by path.

    `failures` are raised by the next calls, one each, `refused` by the first call that ends so.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Object] = {}
        self.failures: list[ApiError] = []
        self.refused: dict[str, ApiError] = {}
        self.calls: list[str] = []
        self.version = 0
        self.hold: asyncio.Event | None = None

    async def get(self, path: str, *, accept: str = "", **query: str) -> Object:
        bare = "PartialObjectMetadata" in accept
        self._call(f"GET {path}{' metadata' if bare else ''} {query.get('continue', '')}".rstrip())
        found = self.objects.get(path) or self._member(path)
        if found is None:
            raise ApiError(404, "NotFound", path)
        found = copy.deepcopy(found)
        if "items" in found:
            return _page(found, bare=bare, **query)
        return found

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

    async def apply(self, path: str, obj: Object, manager: str, **options: object) -> Object:  # noqa: ARG002
        self._call(f"PATCH {path}")
        if self.hold is not None:
            await self.hold.wait()
        return self._put(path, obj)

    async def merge(self, path: str, obj: Object, manager: str) -> Object:  # noqa: ARG002
        self._call(f"MERGE {path}")
        return self._put(path, obj)

    def _member(self, path: str) -> Object | None:
        """Return the object of a list that is at `path`, as `collection` and a name make it."""
        scope, _, name = path.rpartition("/")
        for collection, found in self.objects.items():
            if collection.rpartition("/")[2] == scope.rpartition("/")[2]:
                return next((each for each in found.get("items", ()) if each["metadata"]["name"] == name), None)
        return None

    def _call(self, call: str) -> None:
        self.calls.append(call)
        if self.failures:
            raise self.failures.pop(0)
        for end in self.refused:
            if call.endswith(end):
                raise self.refused.pop(end)

    def _put(self, path: str, obj: Object) -> Object:
        self.version += 1
        stored = copy.deepcopy(obj)
        stored["metadata"] = {"uid": "u", **stored["metadata"], "resourceVersion": str(self.version)}
        self.objects[path] = stored
        return copy.deepcopy(stored)


def _page(found: Object, *, bare: bool, limit: str, **query: str) -> Object:
    start, size = int(query.get("continue", 0)), int(limit)
    items = found["items"][start : start + size]
    more = {"continue": str(start + size)} if start + size < len(found["items"]) else {}
    shown = [{"metadata": item["metadata"]} for item in items] if bare else items
    return {"metadata": {**found["metadata"], **more}, "items": shown}
