"""Feed: keeps one kind of one scope in the inventory, by list and watch, as somebody who is signed in and may."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flagctl.dashboard.inventory.item import item_of
from flagd.backoff import Backoff
from flagd.manifest import ResourceRef
from flagoperator.cluster.address import collection
from flagoperator.cluster.api import ApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from flagctl.dashboard.inventory.inventory import Inventory
    from flagctl.dashboard.live.person import Person

    Reader = Callable[[], Awaitable[Person]]

log = logging.getLogger(__name__)
LIMIT = "500"
WATCH_SECONDS = 240
"""How long one watch lasts; the next may be another person's."""
AGAIN = Backoff(0.5, 15)
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class Feed:
    """One kind, in one namespace or in all."""

    def __init__(
        self, inventory: Inventory, kind: str, namespace: str, reader: Callable[[], Awaitable[Person]]
    ) -> None:
        """`reader` waits for somebody who may list and watch it; an empty `namespace` is all of them."""
        self._inventory = inventory
        self._kind = kind
        self._namespace = namespace
        self._reader = reader
        self._version = ""
        self.trouble = ""
        """Why it is not up to date; empty while it is."""
        self.complete = asyncio.Event()
        """Set once it has been listed."""

    async def run(self) -> None:
        """Follow it for ever."""
        failures = 0
        while True:
            person = await self._reader()
            try:
                if not self._version:
                    await self._list(person)
                await self._watch(person)
                failures = 0
            except ApiError as error:
                failures += 1
                self._note(error)
                if error.status in _REFUSED:
                    person.rights.forget()  # so that the next look finds who may, or that nobody does
                await asyncio.sleep(AGAIN.seconds(failures))

    def _note(self, error: ApiError) -> None:
        if error.status == HTTPStatus.GONE:
            self._version = ""
        elif error.status == HTTPStatus.NOT_FOUND:
            self.complete.set()  # a kind that this cluster does not know has no objects
            self._inventory.replace((), self._is_here)
        elif error.status not in _REFUSED:
            self.trouble = f"{self._kind} cannot be read: {error}"
            log.warning("%s", self.trouble)
            self._inventory.touch()

    async def _list(self, person: Person) -> None:
        if not self.complete.is_set():
            self.trouble = f"{self._kind} is still being listed: not all of it is shown yet"
        path, items, rest = collection(self._kind, self._namespace or None), list[Any](), ""
        while True:
            page = await person.api.get(path, limit=LIMIT, **({"continue": rest} if rest else {}))
            items += await asyncio.to_thread(lambda objs: [item_of(self._kind, obj) for obj in objs], page["items"])
            rest = page["metadata"].get("continue") or ""
            if not rest:
                break
        self._inventory.replace(items, self._is_here)
        self._version = str(page["metadata"]["resourceVersion"])
        self._is_well()

    async def _watch(self, person: Person) -> None:
        query = {"watch": "1", "resourceVersion": self._version, "allowWatchBookmarks": "true"}
        path = collection(self._kind, self._namespace or None)
        async for event in person.api.stream(path, WATCH_SECONDS, **query):
            self._is_well()
            self._take(event)

    def _take(self, event: dict[str, Any]) -> None:
        obj, act = event.get("object") or {}, event.get("type")
        if act == "ERROR":
            self._version = ""
            raise ApiError(int(obj.get("code") or 0), str(obj.get("reason") or ""), str(obj.get("message") or ""))
        self._version = str(obj["metadata"]["resourceVersion"])
        if act in {"ADDED", "MODIFIED"}:
            self._inventory.put(item_of(self._kind, obj))
        elif act == "DELETED":
            metadata = obj["metadata"]
            self._inventory.remove(ResourceRef(self._kind, metadata.get("namespace") or "default", metadata["name"]))

    def _is_here(self, ref: ResourceRef) -> bool:
        return ref.kind == self._kind and self._namespace in ("", ref.namespace)

    def _is_well(self) -> None:
        self.complete.set()
        if self.trouble:
            self.trouble = ""
            self._inventory.touch()
