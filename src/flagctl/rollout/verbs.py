"""Verbs: what is asked of a rollout, as annotations of its flag."""

from __future__ import annotations

import secrets
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click

from flagctl.failure import Refused
from flagctl.live.apply import MANAGER
from flagctl.live.refusal import failure
from flagctl.live.wait import title_of
from flagctl.rollout.flags import find_flags
from flagctl.rollout.view import view_of
from flagd.manifest.model import GROUP
from flagoperator.cluster.address import collection
from flagoperator.cluster.api import Api, ApiError
from flagoperator.rollout import Verb
from flagoperator.rollout.verb import BRAKES, FORCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.live.target import Target
    from flagctl.rollout.view import View

REVIEWS = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
_SAID = {
    Verb.ABORT: "asked to go back to the users from before the run",
    Verb.PAUSE: "asked to pause",
    Verb.RESUME: "asked to go on",
    Verb.APPROVE: "approved",
    Verb.PROMOTE: "asked to take its goal at once",
    Verb.RETRY: "asked to begin again",
}


async def ask(target: Target, names: Sequence[str], verb: Verb, *, forced: bool = False) -> None:
    """Ask `verb` of the flags `names`, or, without names, of all flags of the namespace that it makes sense for.

    Raises:
        Refused: a flag is not there, or has no run to ask something of.
        Unreachable: the API server cannot be asked, or forbids it.
    """
    async with Api(target.connection) as api:
        try:
            flags = await find_flags(api, target.namespace, names)
            reached = [view for view in map(view_of, flags) if token_for(view, verb, forced=forced)]
            by = await username(api) if reached else ""
            for view in reached:
                token = token_for(view, verb, forced=forced)
                await annotate(api, target.namespace, view.name, verb, token, by)
                click.echo(f"{title_of('Flag', view.name)} {_SAID[verb]} ({token})")
            if not names:
                click.echo(f"{len(reached)} of {len(flags)} flags have a run to {verb}")
        except ApiError as error:
            raise failure(error) from None
    missed = [view for view in map(view_of, flags) if view not in reached] if names else []
    if missed:
        raise Refused("; ".join(f"{title_of('Flag', each.name)} {_nothing_to(verb, each)}" for each in missed))


def token_for(view: View, verb: Verb, *, forced: bool = False) -> str:
    """Return what `verb` quotes to reach the run of `view`; empty where there is none to reach."""
    if verb is Verb.RETRY:
        return f"{int(time.time())}-{secrets.token_hex(4)}" if view.phase == "RolledBack" else ""
    if not view.run:
        return ""
    return view.run if verb in BRAKES else f"{view.token}{FORCE}" if forced else view.token


def _nothing_to(verb: Verb, view: View) -> str:
    if verb is Verb.RETRY:
        return f"is not rolled back: it is {view.phase}"
    return f"has no run to {verb}: it is {view.phase}"


async def annotate(api: Api, namespace: str, name: str, verb: Verb, token: str, by: str) -> None:
    """Ask `verb` of the flag `name`, quoting `token`, in the name of `by`. Raises ApiError."""
    annotations: dict[str, Any] = {f"{GROUP}/{verb}": token}
    if by:
        annotations[f"{GROUP}/by"] = by
    await api.merge(f"{collection('Flag', namespace)}/{name}", {"metadata": {"annotations": annotations}}, MANAGER)


async def username(api: Api) -> str:
    """Return who `api` asks as; empty where the API server does not say. Raises ApiError."""
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    try:
        found = await api.create(REVIEWS, review)
    except ApiError as error:
        if error.status in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND):
            return ""
        raise
    return str(((found.get("status") or {}).get("userInfo") or {}).get("username", ""))
