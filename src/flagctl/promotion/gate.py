"""Gate: whether a flag has proven itself where it comes from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.failure import Refused
from flagctl.promotion.carrying import carried, same
from flagd.manifest.parts.duration import duration
from flagoperator.reconcile.condition import condition_of
from flagoperator.rollout.moment import seconds_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flagctl.promotion.manifest import Manifest

ROLLED_OUT, PUBLISHED = "RolledOut", "Published"


@dataclass(frozen=True, slots=True)
class Gate:
    """What is asked of a flag before it is promoted.

    Attributes:
        cluster: what people call the source cluster.
        namespace: of manifests that name none.
        live: its flags as the API server gives them, by namespace and name.
        now: seconds since 1970.
        rolled_out: whether all its percentages must have met their goals.
        min_age: for how many seconds it must have been served as it is; None = however short.
    """

    cluster: str
    namespace: str
    live: Mapping[tuple[str, str], Mapping[str, Any]]
    now: float
    rolled_out: bool
    min_age: float | None

    def check(self, manifest: Manifest, only: Collection[str]) -> None:
        """Return if `manifest` of the source may be promoted, as far as `only` says.

        Raises:
            Refused: the cluster does not have it, or not for long enough; the message says which.
        """
        namespace = manifest.namespace or self.namespace
        flag = self.live.get((namespace, manifest.name))
        if flag is None:
            raise Refused(f"{self.cluster} has no such flag in namespace {namespace}")
        there, spec = manifest.data.get("spec") or {}, flag["spec"]
        wanted = carried(there, spec, only)
        differing = sorted(name for name, value in wanted.items() if not same(name, value, spec.get(name)))
        if differing:
            raise Refused(
                f"{self.cluster} has another {', '.join(differing)} than {manifest.place}: apply it there first"
            )
        since = max(_since(flag, name, self.cluster) for name in self._conditions)
        if self.min_age is not None and self.now - since < self.min_age:
            age, least = duration(max(0, int(self.now - since))), duration(int(self.min_age))
            raise Refused(f"{self.cluster} has had it for {age}, and --min-age is {least}")

    @property
    def _conditions(self) -> list[str]:
        return [PUBLISHED, *([ROLLED_OUT] if self.rolled_out else [])]


def _since(flag: Mapping[str, Any], name: str, cluster: str) -> float:
    """Return since when the condition `name` is true of the present generation. Raises Refused where it is not."""
    condition = condition_of(flag.get("status") or {}, name)
    generation = flag["metadata"]["generation"]
    if condition is None or condition.get("observedGeneration") != generation:
        raise Refused(f"{cluster} has not looked at generation {generation} yet: {name} is not known")
    if condition["status"] != "True":
        raise Refused(f"{cluster} says {name}={condition['status']}: {condition['message']} [{condition['reason']}]")
    return seconds_of(condition["lastTransitionTime"])
