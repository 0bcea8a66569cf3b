"""ResourceCache: the custom resources of the cluster, kept true by two sources: a watch and lists.

The watch is fast but may lose deletions; a list is the truth of one moment. Both are ordered by
resourceVersion, which the API server lets grow with every write: what is older than what is known
changes nothing, whichever of the two it came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.manifest import KINDS
from flagoperator.reconcile.entry import Entry, read_entry, ref_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from flagd.manifest import ResourceRef

Object = dict[str, Any]


class ResourceCache:
    """The present entries, and which of them were not looked at yet."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[ResourceRef, Entry]] = {kind: {} for kind in KINDS}
        self._deleted: dict[str, dict[ResourceRef, int]] = {kind: {} for kind in KINDS}
        self._listed: dict[str, int] = {}
        self._newest: dict[str, int] = {}
        self._rewound: set[str] = set()
        self._changed: set[ResourceRef] = set()
        self._touched: set[ResourceRef] = set()
        self.changes = 0
        """How many changes of a spec there were so far."""

    @property
    def complete(self) -> bool:
        """Whether every kind has been listed."""
        return self._listed.keys() >= KINDS.keys()

    def has_listed(self, kind: str) -> bool:
        """Return whether all objects of `kind` have been listed, and the cluster was not rewound since."""
        return kind in self._listed

    def listed(self, kind: str) -> str:
        """Return the resourceVersion of the last list of `kind`: everything that came before it is known.

        Empty while there is none: before the first, and from finding the cluster rewound to the list after it.
        """
        return str(self._listed.get(kind, ""))

    def newest(self, kind: str) -> int:
        """Return the highest version of `kind` that was ever seen: no list that is requested now is older."""
        return self._newest.get(kind, 0)

    def entry(self, ref: ResourceRef) -> Entry | None:
        """Return what is known of `ref`."""
        return self._entries[ref.kind].get(ref)

    def entries(self, kind: str) -> Iterable[Entry]:
        """Return all entries of `kind`."""
        return self._entries[kind].values()

    def count(self, kind: str) -> int:
        """Return how many objects of `kind` there are."""
        return len(self._entries[kind])

    @property
    def pending(self) -> bool:
        """Whether a spec changed that `drain` has not given out yet."""
        return bool(self._changed)

    def drain(self) -> dict[ResourceRef, Entry | None]:
        """Return the entries whose spec changed since the last call; None for those that are gone."""
        changed, self._changed = self._changed, set()
        return {ref: self.entry(ref) for ref in changed}

    def drain_touched(self) -> set[ResourceRef]:
        """Return those that changed in spec, status or metadata since the last call and are still there."""
        touched, self._touched = self._touched, set()
        return {ref for ref in touched if self.entry(ref) is not None}

    def observe(self, kind: str, event: str, obj: Mapping[str, Any]) -> bool:
        """Take in what a watch says; return whether it was news. `event` is DELETED, or anything else."""
        ref = ref_of(kind, obj)
        before, version = self.entry(ref), order(obj["metadata"].get("resourceVersion"))
        self._newest[kind] = max(self.newest(kind), version or 0)
        if event == "DELETED":
            return self._observe_deletion(ref, before, obj["metadata"].get("uid"), version)
        if version is not None and version <= self._known(ref, before):
            return False
        self._put(kind, obj, before)
        return True

    def listing(self, kind: str, version: str, least: int = 0) -> Listing:
        """Begin to take in a list of all objects of `kind`, made at the resourceVersion `version`.

        `least` is what was the `newest` when the list was asked for.
        """
        at = order(version)
        if at is None or at < max(self._listed.get(kind, 0), least):
            # The cluster was restored from a backup: what is known of later versions means nothing.
            # That holds until a list has been taken in to its end, even if this one fails.
            self._deleted[kind].clear()
            self._listed.pop(kind, None)
            self._rewound.add(kind)
            self._newest[kind] = at or 0
        return Listing(self, kind, at, rewound=kind in self._rewound)

    def _known(self, ref: ResourceRef, before: Entry | None) -> int:
        if before is not None:
            return order(before.version) or 0
        return max(self._listed.get(ref.kind, 0), self._deleted[ref.kind].get(ref, 0))

    def _observe_deletion(self, ref: ResourceRef, before: Entry | None, uid: str | None, version: int | None) -> bool:
        if version is not None:
            self._deleted[ref.kind][ref] = version
        if before is None or before.uid != uid:
            return False
        known = order(before.version)
        if version is not None and known is not None and version < known:
            return False
        self._remove(ref)
        return True

    def _put(self, kind: str, obj: Mapping[str, Any], before: Entry | None) -> None:
        entry = read_entry(kind, obj, before)
        self._entries[kind][entry.ref] = entry
        self._touched.add(entry.ref)
        if before is None or _spec(before) != _spec(entry):
            self._change(entry.ref)

    def _remove(self, ref: ResourceRef) -> None:
        del self._entries[ref.kind][ref]
        self._change(ref)

    def _change(self, ref: ResourceRef) -> None:
        self._changed.add(ref)
        self.changes += 1


class Listing:
    """One list of all objects of a kind, page by page: of whole objects, or first of their metadata alone."""

    def __init__(self, cache: ResourceCache, kind: str, version: int | None, *, rewound: bool = False) -> None:
        self._cache = cache
        self._kind = kind
        self._version = version
        self._seen: set[ResourceRef] = set()
        self._unknown: dict[ResourceRef, Mapping[str, Any]] = {}
        self.rewound = rewound
        """Whether the cluster is older than what is known: then only whole objects show what it is."""
        self.differences: set[ResourceRef] = set()

    def page(self, objects: Iterable[Object]) -> None:
        """Take in some objects of the list, or that it had and that are newer now."""
        for obj in objects:
            ref, before = self._see(obj)
            if self._is_news(before, obj["metadata"], ref):
                self._cache._put(self._kind, obj, before)
                self.differences.add(ref)

    def compare(self, objects: Iterable[Object]) -> None:
        """Take in some objects of the list of which only the metadata is there."""
        for obj in objects:
            ref, before = self._see(obj)
            if self._is_news(before, obj["metadata"], ref):
                self._unknown[ref] = obj["metadata"]

    @property
    def unknown(self) -> list[ResourceRef]:
        """What was compared and is still news: the watch may have reported some of it meanwhile."""
        known = self._cache.entry
        return [ref for ref, metadata in self._unknown.items() if self._is_news(known(ref), metadata, ref)]

    def lose(self, ref: ResourceRef) -> None:
        """Note that `ref`, which the list had, is there no more."""
        self._seen.discard(ref)

    def finish(self, unread: Collection[str] = ()) -> None:
        """Drop what the list did not have and what nobody made since; nothing of the namespaces `unread`."""
        cache, kind = self._cache, self._kind
        for ref in set(cache._entries[kind]) - self._seen:
            if ref.namespace not in unread and self._covers(order(cache._entries[kind][ref].version)):
                cache._remove(ref)
                self.differences.add(ref)
        at = self._version or 0
        cache._listed[kind] = at
        cache._rewound.discard(kind)
        cache._deleted[kind] = {ref: when for ref, when in cache._deleted[kind].items() if when > at}

    def _see(self, obj: Object) -> tuple[ResourceRef, Entry | None]:
        ref = ref_of(self._kind, obj)
        before = self._cache.entry(ref)
        self._seen.add(ref if before is None else before.ref)
        return ref, before

    def _is_news(self, before: Entry | None, metadata: Mapping[str, Any], ref: ResourceRef) -> bool:
        if self.rewound:
            return True
        version = metadata.get("resourceVersion", "")
        if before is not None and before.version == version and before.uid == metadata.get("uid"):
            return False
        number = order(version)
        if number is None:
            return True
        known = order(before.version) if before is not None else self._cache._deleted[self._kind].get(ref)
        if known is None or number > known:
            return True
        # The list shows an older state than was known before it: the cluster was restored from a backup, and wrote on.
        return self._version is not None and number < known <= self._version

    def _covers(self, version: int | None) -> bool:
        return self.rewound or self._version is None or version is None or version <= self._version


def _spec(entry: Entry) -> tuple[str, int, int]:
    return entry.uid, entry.generation, entry.digest


def order(version: str | None) -> int | None:
    """Return `version` as what versions of one kind are ordered by; None if it cannot be ordered."""
    return int(version) if version and version.isascii() and version.isdigit() else None
