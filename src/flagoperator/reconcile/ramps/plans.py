"""Plans: the FlagRolloutPlans of a namespace, as the flags of it find them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from flagd.compiler.advice.default_plan import default_plan
from flagd.manifest.kinds import FlagRolloutPlan
from flagoperator.rollout import Plan, Ramp, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagd.manifest import Flag, Resource
    from flagd.manifest.model import Model
    from flagoperator.reconcile.entry import Entry


@dataclass(frozen=True, slots=True)
class Plans:
    """What a name means, and what a flag without a ramp rises by.

    Attributes:
        named: by the name of the plan.
        default: that of the namespace; None where there is none.
    """

    named: Mapping[str, Plan] = field(default_factory=dict)
    default: Plan | None = None

    def ramp_of(self, flag: Flag) -> Ramp | None:
        """Return how `flag` is to rise; None = at once."""
        own = flag.spec.ramp
        if own is None:
            return None if self.default is None else Ramp(self.default)
        # Without the brake, which is read live: pulling it does not make another ramp.
        words = own.model_dump_json(exclude_unset=True, exclude={"paused"})
        if own.immediate:
            return Ramp(None, words, immediate=True)
        plan = plan_of_spec(own) if own.steps is not None else self.named.get(own.plan or "")
        return Ramp(replace(plan, paused=True) if plan is not None and own.paused else plan, words)


def plans_of(entries: Iterable[Entry]) -> Plans:
    """Return the plans that `entries` of one namespace make.

    One whose newest generation is invalid is the one before it with its brake pulled: what is unclear moves nobody.
    """
    found = [(each, each.resource) for each in entries if isinstance(each.resource, FlagRolloutPlan)]
    named = {each.ref.name: _plan(each, resource) for each, resource in found}
    chosen = default_plan(resource for _, resource in found)
    return Plans(named, None if chosen is None else named[chosen.metadata.name])


def plans_by_namespace(resources: Iterable[Resource]) -> dict[str, Plans]:
    """Return the plans that valid `resources` make, by namespace; a namespace without any is not in it."""
    found: dict[str, list[FlagRolloutPlan]] = {}
    for each in resources:
        if isinstance(each, FlagRolloutPlan):
            found.setdefault(each.metadata.namespace, []).append(each)
    return {namespace: _plans(plans) for namespace, plans in found.items()}


def plan_of_spec(spec: Model) -> Plan:
    """Return the plan that the valid spec of a FlagRolloutPlan, or the steps of a ramp, describe."""
    return plan_of(_data(spec))


def _plans(plans: Sequence[FlagRolloutPlan]) -> Plans:
    named = {each.metadata.name: plan_of_spec(each.spec) for each in plans}
    chosen = default_plan(plans)
    return Plans(named, None if chosen is None else named[chosen.metadata.name])


def _plan(entry: Entry, resource: FlagRolloutPlan) -> Plan:
    plan = plan_of_spec(resource.spec)
    return plan if entry.valid else replace(plan, paused=True)


def _data(model: Model) -> dict[str, object]:
    data: dict[str, object] = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return data
