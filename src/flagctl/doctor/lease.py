"""Lease: whether an operator leads, and whether the replicas of flagd follow it on its stream."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flagctl.doctor.finding import Finding, Level
from flagoperator.cluster.lease import NAME, REPLICAS
from flagoperator.reconcile.authority.election import DURATION_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagctl.doctor.picture import Picture

ABOUT = "Lease"
STREAM = "stream"
NOT_LIVE = "edits of flags do not go live; callers get what was published last"
COUNT = re.compile(r"(\d{1,6})/(\d{1,6})")


def check(picture: Picture) -> Iterator[Finding]:
    """Say who leads, and how many replicas have what is published."""
    lease, namespace = picture.lease, picture.installation.namespace
    if lease is None:
        return
    look = f"kubectl get pods -n {namespace} -l app.kubernetes.io/component=operator"
    if not lease:
        text = f"there is no Lease {NAME} in namespace {namespace}: no operator has run there"
        yield Finding(Level.PROBLEM, ABOUT, text, f"{look}; --operator-namespace names another", state="none")
        return
    spec = lease.get("spec") or {}
    holder, renewed = spec.get("holderIdentity"), str(spec.get("renewTime"))
    age = _age(renewed, picture.now)
    if not holder:
        yield Finding(Level.PROBLEM, ABOUT, f"nobody holds the Lease {namespace}/{NAME}: {NOT_LIVE}", look, "free")
    elif age is None or age > DURATION_SECONDS:
        since = "at a time that cannot be read" if age is None else f"{_duration(age)} ago"
        text = f"{holder} renewed the Lease {namespace}/{NAME} {since}, and no other operator took it: {NOT_LIVE}"
        yield Finding(Level.PROBLEM, ABOUT, text, look, state=renewed)
    else:
        yield Finding(Level.OK, ABOUT, f"{holder} holds {namespace}/{NAME}")
        yield from _stream(lease, namespace)


def _stream(lease: Mapping[str, Any], namespace: str) -> Iterator[Finding]:
    told = str((lease["metadata"].get("annotations") or {}).get(REPLICAS, ""))
    count = COUNT.fullmatch(told)
    logs = f"kubectl logs -n {namespace} -l app.kubernetes.io/component=flagd"
    if count is None:
        text = "the operator has not said yet how many replicas of flagd serve what it publishes"
        yield Finding(Level.UNKNOWN, STREAM, text, state="silent")
        return
    have, want = map(int, count.groups())
    if not want:
        text = "the operator knows no ready replica of flagd: nobody is served what it publishes"
        yield Finding(Level.PROBLEM, STREAM, text, f"{logs}: they say why no operator answers", state="none")
    elif have < want:
        text = f"{have} of {want} ready replicas of flagd serve what the operator publishes; the others serve older"
        yield Finding(Level.PROBLEM, STREAM, text, f"{logs}: they say what they refuse or miss", state="behind")
    else:
        yield Finding(Level.OK, STREAM, f"{have} of {want} ready replicas of flagd serve what the operator publishes")


def _age(renewed: str, now: float) -> float | None:
    try:
        return now - datetime.fromisoformat(renewed).timestamp()
    except ValueError:
        return None


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
