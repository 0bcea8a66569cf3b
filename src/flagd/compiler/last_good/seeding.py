"""Restoration: a ruleset that was served before, as last good forms for the flags that are broken now.

After a restart there is no earlier result, but a disk or a replica still has what it made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.answer_weights import AnswerWeights
from flagd.compiler.form.bucketing import Bucketed
from flagd.compiler.graph.references import COHORT, DEPLOYMENT, KEY
from flagd.compiler.outcome import Form, Outcome
from flagd.compiler.project import Project
from flagd.compiler.scope import CohortFace, DeploymentFace, FlagFace
from flagd.ruleset.flag import is_retained
from flagd.ruleset.persistent import PersistentMap
from flagd.ruleset.revision import compute_digest, hash_json
from flagd.weight import Scale

if TYPE_CHECKING:
    from flagd.compiler.graph.references import Node
    from flagd.compiler.scope import GroupType
    from flagd.ruleset.flag import EvaluationFlag
    from flagd.ruleset.ruleset import Ruleset

_GROUP_TYPES: dict[str, GroupType] = {"mutual-exclusion-group": "MutualExclusion", "holdout-group": "Holdout"}


def restore(ruleset: Ruleset) -> Project:
    """Return the project that made `ruleset`, as far as that can be known: without its resources."""
    outcomes: dict[Node, Outcome] = {(KEY, key): _flag(flag, ruleset) for key, flag in ruleset.flags.items()}
    for name, cohort in ruleset.cohorts.items():
        outcomes[COHORT, name] = Outcome(CohortFace(cohort.unit), product=cohort)
    for name, deployment in ruleset.deployments.items():
        outcomes[DEPLOYMENT, name] = Outcome(DeploymentFace(), product=deployment)
    weigh = Scale().answer_bytes
    return Project(
        ruleset.project,
        outcomes=PersistentMap(outcomes),
        flags=PersistentMap(ruleset.flags),
        cohorts=PersistentMap(ruleset.cohorts),
        deployments=PersistentMap(ruleset.deployments),
        visibility=PersistentMap(ruleset.visibility),
        digest=compute_digest(ruleset.flags, ruleset.cohorts, ruleset.deployments, ruleset.visibility),
        weights=AnswerWeights().changed({key: weigh(flag) for key, flag in ruleset.flags.items()}),
    )


def _flag(flag: EvaluationFlag, ruleset: Ruleset) -> Outcome:
    metadata = flag.get("metadata", {})
    face = FlagFace(
        variants=frozenset(flag["variants"]),
        local=metadata.get("evaluationMode") == "local",
        group=_GROUP_TYPES.get(str(metadata.get("flagType"))),
    )
    form = Form(
        flag=flag,
        content=hash_json(flag),
        visibility=ruleset.visibility.get(flag["key"], frozenset()),
        owner=None,
        uid="",
        bucketing=_bucketing(flag),
        face=face,
    )
    retained = is_retained(flag)
    return Outcome(None if retained else face, product=form, retained=retained)


def _bucketing(flag: EvaluationFlag) -> Bucketed | None:
    for segment in flag["segments"]:
        if "bucket" in segment:
            return Bucketed(None, tuple(segment["bucket"]["selector"]), segment["bucket"]["salt"])
    return None
