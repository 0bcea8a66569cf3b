"""Model: what the tasks of one operator share. Lives in one event loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from flagd.sync.publisher import Board, Subscribers
from flagoperator.reconcile.awaited import Awaited
from flagoperator.reconcile.debounce import Debounce
from flagoperator.reconcile.holdback import HoldBack
from flagoperator.reconcile.mirror import Mirror
from flagoperator.reconcile.projects import Projects
from flagoperator.reconcile.propagation import Ledger
from flagoperator.run.gauges import Gauges
from flagoperator.run.touched import Touched


@dataclass(frozen=True, slots=True)
class Model:
    """State, from what the cluster says to what the replicas say.

    Attributes:
        mirror: the resources of the cluster.
        projects: their compiled form.
        debounce: when what changed is to be published.
        touched: the resources to report on.
        holdback: what is not published, since most flags would go.
        awaited: what is published and not acknowledged.
        ledger: which publication has the newest form of which resource.
        board: what is published.
        subscribers: who subscribes, and what they serve.
        gauges: what is counted.
    """

    mirror: Mirror = field(default_factory=Mirror)
    projects: Projects = field(default_factory=Projects)
    debounce: Debounce = field(default_factory=Debounce)
    touched: Touched = field(default_factory=Touched)
    holdback: HoldBack = field(default_factory=HoldBack)
    awaited: Awaited = field(default_factory=Awaited)
    ledger: Ledger = field(default_factory=Ledger)
    board: Board = field(default_factory=Board)
    subscribers: Subscribers = field(default_factory=Subscribers)
    gauges: Gauges = field(default_factory=Gauges)
