"""Application: resources put into a cluster, and what the operator makes of them."""

from __future__ import annotations

import time
from asyncio import sleep
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click

from flagctl.failure import Refused, Unreachable
from flagctl.live.ownership import LAST_APPLIED, beyond, managers, taken_over
from flagctl.printable import printable
from flagd.compiler import moves, retypes
from flagd.manifest import Flag, FlagGroup, validate
from flagoperator.cluster.address import collection
from flagoperator.cluster.api import Api, ApiError
from flagoperator.kubeconfig import ConnectionSettingsError, find_connection
from flagoperator.reconcile.condition import condition_of
from flagoperator.reconcile.status import COMPILED, WAITING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from flagd.manifest import Resource
    from flagoperator.kubeconfig import Connection

MANAGER = "flagctl"
LOOK_SECONDS = 0.25
REFERENCE_SECONDS = 2.0
"""How long something that a flag refers to may be on its way to the operator before its absence is an answer."""
_REFUSED = frozenset({400, 409, 422})


@dataclass(frozen=True, slots=True)
class Target:
    """Where manifests go.

    Attributes:
        connection: to the API server.
        namespace: of manifests that name none.
    """

    connection: Connection
    namespace: str


@dataclass(frozen=True, slots=True)
class Applied:
    """One resource as the API server took it."""

    path: str
    title: str
    generation: int


def target(kubeconfig: Path | None, context: str | None, namespace: str | None) -> Target:
    """Return where manifests go. Raises Unreachable where no API server is named."""
    try:
        connection = find_connection(kubeconfig, context)
    except ConnectionSettingsError as error:
        raise Unreachable(str(error)) from None
    return Target(connection, namespace or connection.namespace)


async def apply(target: Target, resources: Sequence[Resource], *, force: bool, wait_seconds: float | None) -> None:
    """Apply `resources`, then wait for at most `wait_seconds` until all are served (None = do not wait).

    Raises:
        Refused: the API server or the operator says no, or time is up.
        Unreachable: the API server cannot be asked.
    """
    async with Api(target.connection) as api:
        try:
            applied = [await _apply(api, target, resource, force=force) for resource in resources]
            if wait_seconds is None:
                return
            ends = time.monotonic() + wait_seconds
            for each in applied:
                await wait(api, each, ends)
        except ApiError as error:
            raise failure(error) from None


async def _apply(api: Api, target: Target, resource: Resource, *, force: bool) -> Applied:
    obj = resource.model_dump(mode="json", by_alias=True, exclude_unset=True)
    named = "namespace" in resource.metadata.model_fields_set
    namespace = resource.metadata.namespace if named else target.namespace
    metadata = {name: obj["metadata"][name] for name in ("name", "labels", "annotations") if name in obj["metadata"]}
    obj = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, "spec": obj["spec"]}
    metadata["namespace"] = namespace
    path = f"{collection(resource.kind, namespace)}/{resource.metadata.name}"
    await _take_over(api, path)
    if isinstance(resource, Flag | FlagGroup):
        await _warn_of_edit(api, path, resource)
    found = await api.apply(path, obj, MANAGER, force=force)
    title = title_of(resource.kind, resource.metadata.name)
    generation = int(found["metadata"]["generation"])
    click.echo(f"{title} applied, generation {generation}")
    for field in beyond(obj["spec"], found["spec"]):
        others = ", ".join(name for name in managers(found, field.split(".")) if name != MANAGER) or "another manager"
        click.echo(f"warning: {title} has {field}, which is not in the manifest: {others} set it", err=True)
    return Applied(path, title, generation)


async def _warn_of_edit(api: Api, path: str, resource: Flag | FlagGroup) -> None:
    """Say which users the edit moves and which types it changes: none where it is new, or cannot be read."""
    try:
        before, _ = validate(await api.get(path))
    except ApiError:
        return
    if not isinstance(before, Flag | FlagGroup):
        return
    for found in (*moves(before, resource), *retypes(before, resource)):
        click.echo(
            f"warning: {title_of(resource.kind, resource.metadata.name)}: {found.message} [{found.reason}]", err=True
        )


async def _take_over(api: Api, path: str) -> None:
    """Make what plain ``kubectl apply`` has put there ours, so that what the manifest leaves out goes."""
    try:
        found = await api.get(path)
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return
        raise
    fields = taken_over(found, MANAGER)
    if fields is not None:
        metadata = {"resourceVersion": found["metadata"]["resourceVersion"], "managedFields": fields}
        await api.merge(path, {"metadata": {**metadata, "annotations": {LAST_APPLIED: None}}}, MANAGER)


def title_of(kind: str, name: str) -> str:
    """Return how kubectl names an object: ``flag/new-checkout``."""
    return f"{kind.lower()}/{name}"


async def wait(api: Api, applied: Applied, ends: float) -> None:
    """Wait until every ready replica serves `applied`, until `ends` on the monotonic clock at most.

    Raises:
        Refused: the operator refuses it, somebody changed it again, or time is up.
        ApiError: the API server cannot be asked.
    """
    waiting_since: float | None = None
    while True:
        found = await api.get(applied.path)
        status, generation = found.get("status") or {}, found["metadata"]["generation"]
        if generation != applied.generation:
            raise Refused(f"{applied.title} was changed by somebody else while it was waited for")
        if _holds(status, "Published", generation):
            count = status.get("published")
            click.echo(f"{applied.title} is served by every ready replica{f' ({count})' if count else ''}")
            _warn(applied, status)
            return
        refused = _refusal(status, generation)
        if refused is None:
            waiting_since = None
        elif waiting_since is None:
            waiting_since = time.monotonic()
        elif refused["reason"] not in WAITING or time.monotonic() - waiting_since > REFERENCE_SECONDS:
            raise Refused(f"{applied.title} is not served: {_message(status, 'Ready')}")
        if time.monotonic() > ends:
            raise Refused(f"{applied.title} is not served by every replica yet: {_reason(status, generation)}")
        await sleep(LOOK_SECONDS)


def _refusal(status: Mapping[str, Any], generation: int) -> Mapping[str, Any] | None:
    ready = condition_of(status, "Ready")
    refused = ready is not None and ready["status"] == "False" and ready.get("observedGeneration") == generation
    return ready if refused else None


def _warn(applied: Applied, status: Mapping[str, Any]) -> None:
    ready = condition_of(status, "Ready") or {}
    if ready.get("message", COMPILED) != COMPILED:
        click.echo(f"warning: {applied.title}: {printable(ready['message'])}", err=True)


def _holds(status: Mapping[str, Any], name: str, generation: int) -> bool:
    condition = condition_of(status, name)
    return condition is not None and condition["status"] == "True" and condition.get("observedGeneration") == generation


def _reason(status: Mapping[str, Any], generation: int) -> str:
    if status.get("observedGeneration") != generation:
        return "the operator has not looked at it; is it running?"
    return _message(status, "Published")


def _message(status: Mapping[str, Any], name: str) -> str:
    condition = condition_of(status, name) or {}
    return printable(f"{condition.get('message') or 'no reason is given'} [{condition.get('reason', '')}]")


def failure(error: ApiError) -> click.ClickException:
    """Return what flagctl ends with when the API server answers `error`."""
    text = printable(str(error))
    if error.status == HTTPStatus.CONFLICT and "conflict with" in text:
        return Refused(f"{text}; --force-conflicts takes these fields over")
    if error.status in _REFUSED:
        return Refused(text)
    if error.status == HTTPStatus.NOT_FOUND and "namespaces" in text:
        return Unreachable(f"{text}; create the namespace first: flagctl applies flags and what belongs to them only")
    if error.status == HTTPStatus.NOT_FOUND:
        return Unreachable(f"{text}; are the CRDs installed? flagctl crds | kubectl apply --server-side -f -")
    return Unreachable(text)
