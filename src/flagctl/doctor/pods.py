"""Pods: whether the operator and flagd run, by their Deployments, and get calls, by the endpoints of flagd."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagctl.doctor.finding import Finding, Level, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flagctl.doctor.picture import Picture

PARTS = {"operator": "operator", "flagd": "replicas"}
"""What a finding is about, by component."""


def check(picture: Picture) -> Iterator[Finding]:
    """Say which pods are missing or not ready."""
    namespace = picture.installation.namespace
    for component, about in PARTS.items() if picture.deployments is not None else ():
        found = (picture.deployments or {}).get(component)
        if found is None:
            text = f"no Deployment of the chart runs {component} in namespace {namespace}: its pods are not looked at"
            yield Finding(Level.NOTE, about, text)
        else:
            yield from _deployment(component, about, found)
    if picture.endpoints is not None:
        yield from _endpoints(picture)


def _deployment(component: str, about: str, found: Mapping[str, Any]) -> Iterator[Finding]:
    namespace, name = found["metadata"]["namespace"], found["metadata"]["name"]
    wanted = (found.get("spec") or {}).get("replicas", 1)
    ready = (found.get("status") or {}).get("readyReplicas", 0)
    title = f"Deployment {namespace}/{name}"
    look = f"kubectl get pods -n {namespace} -l app.kubernetes.io/component={component}"
    if not wanted:
        remedy = f"kubectl scale -n {namespace} deployment/{name} --replicas=2"
        yield Finding(Level.PROBLEM, about, f"{title} is scaled to 0", remedy)
    elif not ready:
        yield Finding(Level.PROBLEM, about, f"no pod of {title} is ready, of {wanted}", look, state="none")
    elif ready < wanted:
        yield Finding(Level.WARNING, about, f"{ready} of {wanted} pods of {title} are ready", look, state="some")
    else:
        yield Finding(Level.OK, about, f"{ready} of {wanted} pods of {title} are ready")


def _endpoints(picture: Picture) -> Iterator[Finding]:
    service, found = "/".join(picture.installation.service), picture.endpoints or frozenset()
    about, unready = PARTS["flagd"], sorted(each.pod for each in found if not each.ready)
    namespace = picture.installation.service[0]
    ready = len(found) - len(unready)
    if not ready:
        text = f"no pod behind Service {service} is ready: callers are refused"
        look = f"kubectl get pods -n {namespace} -l app.kubernetes.io/component=flagd"
        yield Finding(Level.PROBLEM, about, text, look, state="none")
    elif unready:
        text = f"behind Service {service} {listed(unready)} {'is' if len(unready) == 1 else 'are'} not ready"
        remedy = f"kubectl describe pod -n {namespace} {unready[0]}"
        yield Finding(Level.WARNING, about, text, remedy, state=str(unready))
    else:
        yield Finding(Level.OK, about, f"{ready} {'pod' if ready == 1 else 'pods'} behind Service {service} get calls")
