"""Model: what the tasks of one operator share. Lives in one event loop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.rpc.rulesets import Acks, Board
from flagoperator.reconcile.delivery import Ledger
from flagoperator.reconcile.mirror import Mirror
from flagoperator.reconcile.projects import Projects
from flagoperator.run.gauges import Gauges

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Model:
    """State, from what the cluster says to what the replicas say.

    Attributes:
        served: rulesets that were served before this process, by project.
        mirror: the resources of the cluster.
        projects: their compiled form.
        ledger: which publication has the newest form of which resource.
        board: what is published.
        acks: who subscribes, and what they serve.
        gauges: what is counted.
    """

    served: Mapping[str, Ruleset]
    projects: Projects
    mirror: Mirror = field(default_factory=Mirror)
    ledger: Ledger = field(default_factory=Ledger)
    board: Board = field(default_factory=Board)
    acks: Acks = field(default_factory=Acks)
    gauges: Gauges = field(default_factory=Gauges)

    @classmethod
    def after(cls, served: Mapping[str, Ruleset]) -> Model:
        """Return the state to begin with where `served` was served before."""
        return cls(served, Projects(served))
