"""Rights: what the operator must be allowed, as the rules of its chart say it, and what it means where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagctl.doctor.finding import Finding, Level, joined
from flagd.manifest import KINDS
from flagd.manifest.model import GROUP
from flagoperator.cluster.lease import NAME as LEASE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flagctl.doctor.picture import Picture

ABOUT = "rights"
REMEDY = "install the chart's rules again: helm upgrade, or the lists in its files/rbac.yaml"


@dataclass(frozen=True, slots=True)
class Right:
    """One verb on one resource.

    Attributes:
        verb: of the API.
        group: of the resource.
        resource: ``plural`` or ``plural/subresource``.
        namespace: where; empty = everywhere.
        name: of one object; empty = of all.
        vital: whether the operator cannot do its work without it.
    """

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""
    vital: bool = True


def rights_of_flags(namespace: str) -> Iterator[Right]:
    """Yield what is needed in each namespace whose flags are followed; empty = in all."""
    for kind in KINDS.values():
        for verb in ("get", "list", "watch"):
            yield Right(verb, GROUP, kind.plural, namespace)
        yield Right("patch", GROUP, f"{kind.plural}/status", namespace)
    for verb in ("create", "patch"):
        yield Right(verb, "", "events", namespace)


def rights_of_parts(lease: str, service: str, *, reviews: bool, serving: bool) -> Iterator[Right]:
    """Yield what is needed in the namespaces of the Lease and of flagd's Service, and of definitions.

    `reviews` says whether subscribers show tokens of ServiceAccounts; `serving`, whether people ask what is served.
    """
    yield Right("create", "coordination.k8s.io", "leases", lease)
    for verb in ("get", "update"):
        yield Right(verb, "coordination.k8s.io", "leases", lease, LEASE)
    yield Right("list", "discovery.k8s.io", "endpointslices", service)
    for kind in KINDS.values():
        name = f"{kind.plural}.{GROUP}"
        yield Right("get", "apiextensions.k8s.io", "customresourcedefinitions", name=name, vital=False)
    if reviews or serving:
        yield Right("create", "authentication.k8s.io", "tokenreviews")
    if serving:
        yield Right("create", "authorization.k8s.io", "subjectaccessreviews")


def check(picture: Picture) -> Iterator[Finding]:
    """Say what the operator may not do that it must."""
    if picture.refused is None:
        return
    account = picture.installation.account
    vital = [each for each in picture.refused if each.vital]
    other = [each for each in picture.refused if not each.vital]
    if vital:
        yield Finding(Level.PROBLEM, ABOUT, f"{account} may not {_said(vital)}", REMEDY)
    if other:
        text = f"{account} may not {_said(other)}: it works without, but does not tell when they are outdated"
        yield Finding(Level.WARNING, ABOUT, text, REMEDY)
    if not picture.refused:
        yield Finding(Level.OK, ABOUT, f"{account} may do all that the operator needs")


def _said(rights: Sequence[Right]) -> str:
    verbs: dict[tuple[str, str], list[str]] = {}
    for each in rights:
        verbs.setdefault((each.resource, each.namespace), []).append(each.verb)
    alike: dict[tuple[str, str], list[str]] = {}
    for (resource, namespace), of_it in verbs.items():
        alike.setdefault((joined(list(dict.fromkeys(of_it))), namespace), []).append(resource)
    told = [f"{verb} {joined(names)}{f' in {place}' if place else ''}" for (verb, place), names in alike.items()]
    return "; ".join(told)
