"""Setting: one field of a live flag changed at the API server, and what it means that a tool manages it."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click

from flagctl.failure import Refused
from flagctl.live.adjustment import changes
from flagctl.live.ownership import managers
from flagctl.live.refusal import failure
from flagctl.live.wait import Applied, title_of, wait
from flagctl.suggestion import suggestion
from flagd.manifest import API_VERSION
from flagd.manifest.changes.difference import summary
from flagoperator.cluster.address import collection
from flagoperator.cluster.api import Api, ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagctl.live.adjustment import Adjustment
    from flagctl.live.target import Target

MANAGER = "flagctl-set"
BY_HAND = frozenset({MANAGER, "kubectl-edit", "kubectl-patch", "kubectl-replace"})
"""Field managers that put nothing back by themselves."""


async def set_flag(target: Target, name: str, adjustment: Adjustment, wait_seconds: float | None) -> None:
    """Set one field of the flag `name`, a name or a key; wait for the replicas for `wait_seconds` at most.

    Raises:
        Refused: there is no such flag or segment, the value is not valid, or it is not served in time.
        Unreachable: the API server cannot be asked.
    """
    async with Api(target.connection) as api:
        try:
            before = await _find(api, target.namespace, name)
            merge = adjustment.merge_of(before)
            changed = changes(before, merge)
            title = title_of("Flag", before["metadata"]["name"])
            if not changed:
                click.echo(f"{title} is set so already")
                return
            path = f"{collection('Flag', target.namespace)}/{before['metadata']['name']}"
            after = await api.merge(path, merge, MANAGER)
            generation = int(after["metadata"]["generation"])
            click.echo(f"{title}: {summary(changed)}, generation {generation}")
            _tell_managers(before, adjustment)
            _tell_ramp(before, adjustment)
            if wait_seconds is not None:
                await wait(api, Applied(path, title, generation), time.monotonic() + wait_seconds)
        except ApiError as error:
            raise failure(error) from None


async def _find(api: Api, namespace: str, name: str) -> dict[str, Any]:
    try:
        return await api.get(f"{collection('Flag', namespace)}/{name}")
    except ApiError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
    known = {_key(item): item for item in (await api.get(collection("Flag", namespace)))["items"]}
    if name not in known:
        raise Refused(f'there is no flag "{name}" in namespace {namespace}; {suggestion(name, known)}')
    header = {"apiVersion": API_VERSION, "kind": "Flag"}  # items of a list have none
    return {**header, **known[name]}


def _key(item: Mapping[str, Any]) -> str:
    return str(item["spec"].get("key") or item["metadata"]["name"])


def _tell_ramp(before: Mapping[str, Any], adjustment: Adjustment) -> None:
    """Say where a percent is the goal of a ramp, that it is: the flag does not jump there."""
    status = before.get("status") or {}
    if adjustment.percent is None or not (before["spec"].get("ramp") or status.get("rollout")):
        return
    stands = (status.get("effective") or {}).get("rollout", "0")
    click.echo(f"it has a ramp: this is its goal, it stands at {stands}; `kubectl get flags -w` shows where", err=True)


def _tell_managers(before: Mapping[str, Any], adjustment: Adjustment) -> None:
    for field in adjustment.fields:
        others = [name for name in managers(before, field) if name not in BY_HAND]
        if others:
            verb, back = ("manages", "it puts") if len(others) == 1 else ("manage", "they put")
            text = f"{' and '.join(others)} {verb} {'.'.join(field)}: change the manifest too, or {back} this back"
            click.echo(text, err=True)
