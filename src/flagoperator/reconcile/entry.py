"""Entry: one custom resource of the cluster, as far as it is kept in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from flagd.manifest import API_VERSION, ResourceRef, Severity, validate
from flagd.manifest.envelope import key_of
from flagd.process.printable import printable
from flagoperator.reconcile.asked import asked_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.manifest import Diagnostic, Resource
    from flagoperator.rollout import Request

LONGEST_MANAGER = 128
RECONCILE_REQUEST = "reconcile.fluxcd.io/requestedAt"
"""Annotation by which Flux and its users ask for a look at a resource; echoed in the status."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One object of the cluster.

    Attributes:
        ref: kind, namespace and name.
        uid: distinguishes it from an earlier object of the same name.
        version: its resourceVersion.
        generation: of its spec.
        key: what a Flag or FlagGroup is asked by; of others the name.
        resource: the newest valid form; of an earlier generation while the present one is invalid,
            None if none was seen.
        findings: about the present generation; an error among them makes it invalid.
        packed_status: status as the cluster has it, as JSON: of 10,000 there is rarely need for more than a few.
        request: value of the annotation `RECONCILE_REQUEST`.
        asked: what annotations ask of its rollout.
        manager: who wrote the present spec, as ``managedFields`` names them; empty where nobody says.
        digest: hash of the present spec: after a restore from a backup another spec may have the same generation.
    """

    ref: ResourceRef
    uid: str
    version: str
    generation: int
    key: str
    resource: Resource | None
    findings: tuple[Diagnostic, ...] = ()
    packed_status: bytes = b"{}"
    request: str = ""
    digest: int = 0
    manager: str = ""
    asked: tuple[Request, ...] = ()

    @property
    def status(self) -> Mapping[str, Any]:
        """Status as the cluster has it."""
        status: dict[str, Any] = orjson.loads(self.packed_status)
        return status

    @property
    def valid(self) -> bool:
        """Whether the present generation can be compiled."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


def ref_of(kind: str, obj: Mapping[str, Any]) -> ResourceRef:
    """Return what names `obj`, an object as the API server gives it."""
    metadata = obj["metadata"]
    return ResourceRef(kind, metadata.get("namespace") or "default", metadata["name"])


def read_entry(kind: str, obj: Mapping[str, Any], before: Entry | None) -> Entry:
    """Return the entry for `obj`, an object as the API server gives it.

    `before` is what was known under its name. The spec is validated only where it is new.
    """
    metadata = obj["metadata"]
    annotations = metadata.get("annotations") or {}
    status, request, asked = _pack(obj.get("status") or {}), annotations.get(RECONCILE_REQUEST, ""), asked_by(metadata)
    uid, version, generation = metadata.get("uid", ""), metadata.get("resourceVersion", ""), metadata["generation"]
    if before is not None and before.uid != uid:
        before = None
    digest = _digest(obj.get("spec"))
    if before is not None and (before.generation, before.digest) == (generation, digest):
        return replace(before, version=version, packed_status=status, request=request, asked=asked)
    resource, findings = validate(_bare(kind, obj))
    ref = ref_of(kind, obj)
    return Entry(
        ref=ref,
        uid=uid,
        version=version,
        generation=generation,
        key=key_of(obj, ref),
        resource=before.resource if resource is None and before is not None else resource,
        findings=tuple(findings),
        packed_status=status,
        request=request,
        asked=asked,
        digest=digest,
        manager=manager_of(obj, "" if before is None else before.manager),
    )


def manager_of(obj: Mapping[str, Any], before: str) -> str:
    """Return who wrote the spec of `obj` last; of several in one second one that is not who wrote it `before`."""
    wrote = [each for each in obj["metadata"].get("managedFields") or () if _wrote_spec(each)]
    if not wrote:
        return ""
    last = max(wrote, key=lambda each: (each.get("time") or "", each.get("manager") != before))
    return printable(str(last.get("manager") or ""), LONGEST_MANAGER)


def _wrote_spec(fields: Mapping[str, Any]) -> bool:
    return not fields.get("subresource") and "f:spec" in (fields.get("fieldsV1") or {})


def _pack(status: object) -> bytes:
    try:
        return bytes(memoryview(orjson.dumps(status)))  # a copy: what orjson returns holds 4 KB
    except TypeError:
        return b"{}"  # nobody of ours wrote it


def _digest(spec: object) -> int:
    try:
        return hash(orjson.dumps(spec))
    except TypeError:
        return 0  # nested too deeply to be valid, whatever else it is


def _bare(kind: str, obj: Mapping[str, Any]) -> dict[str, Any]:
    """Return `obj` without what is as large as the rest and means nothing here."""
    metadata = {name: value for name, value in obj["metadata"].items() if name not in {"managedFields", "annotations"}}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": obj.get("spec")}
