"""Lease: keeps trying to hold the Lease that lets one replica publish and write, and gives it up at the end."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flagoperator.cluster.api import ApiError
from flagoperator.reconcile.authority.election import DURATION_SECONDS, RETRY_SECONDS, Election, Record, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagoperator.cluster.api import Api, Object

log = logging.getLogger(__name__)
NAME = "flagoperator"
CONFIRM_REMOVAL = "flagoperator.dev/confirm-removal"
"""Annotation by which people let a held ruleset go: its revision, or several between commas."""
REPLICAS = "flagoperator.dev/replicas"
"""Annotation that says how many replicas serve what is published now."""
CALL_SECONDS = 4.0
RELEASE_SECONDS = 2.0


class Lease:
    """The Lease as this replica sees it."""

    def __init__(self, api: Api, namespace: str, identity: str) -> None:
        self._api = api
        self._collection = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
        self._path = f"{self._collection}/{NAME}"
        self._namespace = namespace
        self._identity = identity
        self._election = Election(identity)
        self._object: Object | None = None
        self._annotations: dict[str, str] = {}
        self._leading = False
        self._reported = False
        self._complaint = ""
        self.since = float("-inf")
        """When this replica began to lead, in seconds of the monotonic clock."""

    @property
    def leads(self) -> bool:
        """Whether this replica may publish and write now."""
        return self._leading and self._election.leads(time.monotonic())

    @property
    def holder(self) -> str:
        """Identity of the replica that held the Lease when it was last looked at; empty where nobody did."""
        return Record.read((self._object or {}).get("spec")).holder

    @property
    def epoch(self) -> int:
        """Number of the term this replica has or had last; 0 before the first."""
        return self._election.epoch

    @property
    def vacant_since(self) -> float:
        """Since when no other replica is known to have led, in seconds of the monotonic clock."""
        return self._election.vacant_since

    @property
    def confirmed(self) -> frozenset[str]:
        """Revisions that the annotation `CONFIRM_REMOVAL` names."""
        annotations: Mapping[str, str] = ((self._object or {}).get("metadata") or {}).get("annotations") or {}
        return frozenset(filter(None, (each.strip() for each in annotations.get(CONFIRM_REMOVAL, "").split(","))))

    @property
    def reference(self) -> dict[str, Any]:
        """What an Event refers to that is about the operator as a whole."""
        metadata = (self._object or {}).get("metadata") or {}
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "namespace": self._namespace,
            "name": NAME,
            "uid": metadata.get("uid", ""),
        }

    def annotate(self, name: str, value: str) -> None:
        """Have the next renewal carry an annotation."""
        self._annotations[name] = value

    async def run(self, changed: Callable[[], None]) -> None:
        """Acquire and renew until cancelled; `changed` is called when leading begins or ends, and after each look."""
        while True:
            await self.turn()
            self._report()
            changed()
            await asyncio.sleep(RETRY_SECONDS if self._leading else min(RETRY_SECONDS, 1.0))

    async def release(self) -> None:
        """Give the Lease up, if it is held, so that the other replica need not wait."""
        leading, self._leading = self.leads, False
        own = {"holderIdentity": "", "leaseDurationSeconds": 1, "leaseTransitions": self._election.next_transitions}
        self._election.released()
        if not leading or self._object is None:
            return
        spec = {**self._object["spec"], **own, "renewTime": _now()}
        try:
            await self._api.replace(self._path, {**self._object, "spec": spec}, seconds=RELEASE_SECONDS)
        except ApiError as error:
            log.warning("the Lease could not be released, the other replica takes over when it expires: %s", error)

    async def turn(self) -> None:
        """Look at the Lease, and take or renew it where that is due."""
        try:
            await self._look()
            if self._election.step(time.monotonic()) is not Step.WAIT:
                await self._write()
            self._complaint = ""
        except ApiError as error:
            if error.reason != "Conflict":
                self._complain(error)
        leading = self._election.leads(time.monotonic())
        if leading and not self._leading:
            self.since = time.monotonic()
        self._leading = leading

    def _complain(self, error: ApiError) -> None:
        """Log `error`, unless it is the same as at the last turn."""
        text = f"{NAME} in namespace {self._namespace} (--lease-namespace): {error}"
        if text != self._complaint:
            self._complaint = text
            log.warning("the Lease could not be renewed or read, so this replica may not publish: %s", text)

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                self._object = await self._api.get(self._path)
        except TimeoutError:
            raise ApiError(0, "", f"GET {self._path}: no answer within {CALL_SECONDS:g} s") from None
        except ApiError as error:
            if error.status != 404:
                raise
            self._object = None
        self._election.observe(_record(self._object), time.monotonic())

    async def _write(self) -> None:
        started, now = time.monotonic(), _now()
        before = self._object or {}
        held = ((before.get("spec") or {}).get("holderIdentity") or "") == self._identity
        spec = {
            "holderIdentity": self._identity,
            "leaseDurationSeconds": int(DURATION_SECONDS),
            "acquireTime": before["spec"].get("acquireTime", now) if held else now,
            "renewTime": now,
            "leaseTransitions": self._election.next_transitions,
        }
        metadata = {**before.get("metadata", {}), "name": NAME, "namespace": self._namespace}
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **self._annotations}
        obj = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": spec}
        if self._object is None:
            self._object = await self._api.create(self._collection, obj)
        else:
            self._object = await self._api.replace(self._path, obj, seconds=CALL_SECONDS)
        record = _record(self._object)
        if record is not None:
            self._election.won(record, started)

    def _report(self) -> None:
        leading = self._leading
        if leading and not self._reported:
            log.info("holding the Lease %s/%s, term %d", self._namespace, NAME, self.epoch)
        elif not leading and self._reported:
            log.warning("the Lease is lost: publishing and writing stop")
        self._reported = leading


def _record(obj: Object | None) -> Record | None:
    return None if obj is None else Record.read(obj.get("spec"))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
