"""Stand-in: what takes the place of an invalid resource of which no valid form is in memory.

After a restart the manifest of an invalid resource says nothing, but the ruleset that is served does.
A stand-in claims what its resource claims, so that the compiler keeps the last good form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest import (
    Flag,
    FlagCohort,
    FlagCohortSpec,
    FlagDeployment,
    FlagDeploymentSpec,
    FlagGroup,
    FlagGroupSpec,
    FlagSpec,
    ObjectMeta,
    Rollout,
    Variant,
)

if TYPE_CHECKING:
    from flagd.manifest import Resource
    from flagd.ruleset import Ruleset
    from flagoperator.reconcile.entry import Entry

_BROKEN_ROLLOUT = Rollout(percent=0, weights={"none": 1})
"""Names a variant that there is not: the compiler takes no flag with it."""


def stand_in(entry: Entry, served: Ruleset | None) -> Resource | None:
    """Return what to compile for `entry`; None where nothing of it is in `served`, the last ruleset of its project."""
    ref = entry.ref
    metadata = ObjectMeta(name=ref.name, namespace=ref.namespace, uid=entry.uid, generation=entry.generation)
    if served is None:
        return None
    if ref.kind == "Flag" and entry.key in served.flags:
        spec = FlagSpec(key=entry.key, variants=[Variant(key="on")], all_other_users=_BROKEN_ROLLOUT)
        return Flag(metadata=metadata, spec=spec)
    if ref.kind == "FlagGroup" and entry.key in served.flags:
        return FlagGroup(metadata=metadata, spec=FlagGroupSpec(type="Holdout"))
    if ref.kind == "FlagCohort" and ref.name in served.cohorts:
        cohort = served.cohorts[ref.name]
        return FlagCohort(metadata=metadata, spec=FlagCohortSpec(unit=cohort.unit, members=sorted(cohort.members)))
    if ref.kind == "FlagDeployment" and ref.name in served.deployments:
        deployment = served.deployments[ref.name]
        hashes = sorted(deployment.key_hashes)
        return FlagDeployment(metadata=metadata, spec=FlagDeploymentSpec(type=deployment.type, key_hashes=hashes))
    return None
