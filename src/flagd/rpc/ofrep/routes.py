"""Routes: the endpoints of OFREP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.rpc.ofrep.evaluation import Evaluation
from flagd.rpc.ofrep.events import PATH, Events
from flagd.rpc.route import Route

if TYPE_CHECKING:
    from flagd.rpc.access import Access
    from flagd.store import Store


def ofrep_routes(access: Access, store: Store) -> list[Route]:
    """Return the endpoints: all flags of a context, one flag, and the stream that says when to ask again."""
    evaluation = Evaluation(access)
    return [
        Route("POST", "/ofrep/v1/evaluate/flags", evaluation.evaluate_all),
        Route("POST", "/ofrep/v1/evaluate/flags/", evaluation.evaluate),
        Route("GET", PATH, Events(access, store).answer),
    ]
