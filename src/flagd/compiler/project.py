"""Project: everything known of one namespace after compiling it, shared with its successors.

All maps are persistent, so that the state after a change costs what the change costs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.compiler.answer_weights import AnswerWeights
from flagd.ruleset.persistent import PersistentMap
from flagd.ruleset.revision import Digest

if TYPE_CHECKING:
    from flagd.compiler.form.rise import Rise
    from flagd.compiler.graph.cycle import Cycle
    from flagd.compiler.graph.references import Node
    from flagd.compiler.last_good.unreadable import Unreadable
    from flagd.compiler.outcome import Outcome
    from flagd.id_list.id_list import Supply
    from flagd.manifest.diagnostic import ResourceRef
    from flagd.manifest.kinds import FlagRolloutPlan
    from flagd.manifest.resource import Resource
    from flagd.ruleset.cohort import Cohort
    from flagd.ruleset.deployment import Deployment
    from flagd.ruleset.flag import EvaluationFlag

NOTHING: PersistentMap[Node, None] = PersistentMap()


@dataclass(frozen=True, slots=True)
class Project:
    """The resources of a namespace and what the compiler made of them.

    Attributes:
        name: the namespace.
        resources: all resources, by reference.
        claims: who wants a node's name; more than one only for keys in conflict.
        uses: what a node refers to, by node.
        users: who refers to a node, by node; also for nodes that do not exist.
        cycles: nodes in a cycle.
        rises: how far the percentages of a flag reach at most, where they rise step by step.
        supplies: what cohorts have for the lists that they are made from.
        plans: the FlagRolloutPlans among the resources.
        outcomes: what compiling gave, by node.
        faulty: the nodes that have diagnostics.
        flags, cohorts, deployments, visibility: the contents of the ruleset.
        digest: their hash.
        weights: how many bytes the answers for the flags take at most.
    """

    name: str
    resources: PersistentMap[ResourceRef, Resource | Unreadable] = field(default_factory=PersistentMap)
    claims: PersistentMap[Node, frozenset[ResourceRef]] = field(default_factory=PersistentMap)
    uses: PersistentMap[Node, frozenset[Node]] = field(default_factory=PersistentMap)
    users: PersistentMap[Node, PersistentMap[Node, None]] = field(default_factory=PersistentMap)
    cycles: PersistentMap[Node, Cycle] = field(default_factory=PersistentMap)
    rises: PersistentMap[ResourceRef, Rise] = field(default_factory=PersistentMap)
    supplies: PersistentMap[ResourceRef, Supply] = field(default_factory=PersistentMap)
    plans: PersistentMap[ResourceRef, FlagRolloutPlan] = field(default_factory=PersistentMap)
    outcomes: PersistentMap[Node, Outcome] = field(default_factory=PersistentMap)
    faulty: PersistentMap[Node, None] = field(default_factory=PersistentMap)
    flags: PersistentMap[str, EvaluationFlag] = field(default_factory=PersistentMap)
    cohorts: PersistentMap[str, Cohort] = field(default_factory=PersistentMap)
    deployments: PersistentMap[str, Deployment] = field(default_factory=PersistentMap)
    visibility: PersistentMap[str, frozenset[str]] = field(default_factory=PersistentMap)
    digest: Digest = field(default_factory=Digest)
    weights: AnswerWeights = field(default_factory=AnswerWeights)
