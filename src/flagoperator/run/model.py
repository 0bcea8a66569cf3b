"""Model: what the tasks of one operator share. Lives in one event loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from flagd.signal import Signal
from flagd.sync.publisher import Admissions, Board, Subscribers
from flagoperator.reconcile.awaited import Awaited
from flagoperator.reconcile.debounce import Debounce
from flagoperator.reconcile.mass_removal import MassRemovalHold
from flagoperator.reconcile.projects import Projects
from flagoperator.reconcile.propagation import Ledger
from flagoperator.reconcile.ramps import Surroundings
from flagoperator.reconcile.resource_cache import ResourceCache
from flagoperator.run.monitoring.metrics import OperatorMetrics
from flagoperator.run.touched import Touched


@dataclass(frozen=True, slots=True)
class Model:
    """State, from what the cluster says to what the replicas say.

    Attributes:
        cache: the resources of the cluster.
        projects: their compiled form.
        debounce: when what changed is to be published.
        touched: the resources to report on.
        mass_removal: what is not published, since most flags would go.
        awaited: what is published and not acknowledged.
        ledger: which publication has the newest form of which resource.
        board: what is published.
        subscribers: who subscribes, and what they serve.
        recorded: woken when a status was written, from which rollouts go on.
        metrics: what is counted.
        admissions: what replicas are asked to count for rollouts.
        surroundings: what was measured and counted for rollouts.
    """

    cache: ResourceCache = field(default_factory=ResourceCache)
    projects: Projects = field(default_factory=Projects)
    debounce: Debounce = field(default_factory=Debounce)
    touched: Touched = field(default_factory=Touched)
    mass_removal: MassRemovalHold = field(default_factory=MassRemovalHold)
    awaited: Awaited = field(default_factory=Awaited)
    ledger: Ledger = field(default_factory=Ledger)
    board: Board = field(default_factory=Board)
    subscribers: Subscribers = field(default_factory=Subscribers)
    recorded: Signal = field(default_factory=Signal)
    metrics: OperatorMetrics = field(default_factory=OperatorMetrics)
    admissions: Admissions = field(default_factory=Admissions)
    surroundings: Surroundings = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "surroundings", Surroundings(self.admissions.total, self.admissions.seen.counts))
