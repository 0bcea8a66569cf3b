"""Apply: resources put into a cluster, with what the edit does to users."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

import click

from flagctl.live.ownership import LAST_APPLIED, beyond, managers, taken_over
from flagctl.live.refusal import failure
from flagctl.live.wait import Applied, title_of, wait
from flagd.compiler import moves, retypes
from flagd.manifest import Flag, FlagGroup, validate
from flagoperator.cluster.address import collection
from flagoperator.cluster.api import Api, ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.live.target import Target
    from flagd.manifest import Resource

MANAGER = "flagctl"


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
