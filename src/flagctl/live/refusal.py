"""Refusal: what an error of the API server means to anyone who applies manifests."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flagctl.failure import Refused, Unreachable
from flagctl.printable import printable

if TYPE_CHECKING:
    import click

    from flagoperator.cluster.api import ApiError

_REFUSED = frozenset({400, 409, 422})


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
