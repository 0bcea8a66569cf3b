"""Services: every RPC of the public port as a list of methods, for any transport."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flagd.api.amplitude import amplitude_routes
from flagd.api.evaluation.evaluation import Evaluation
from flagd.api.evaluation.explain import Explain
from flagd.api.evaluation.watch import Watch
from flagd.api.health import SERVICE as HEALTH_SERVICE
from flagd.api.health import Health
from flagd.api.ofrep import answer_failures, ofrep_routes
from flagd.api.openfeature.manifest import manifest_route
from flagd.api.openfeature.service import openfeature_methods
from flagd.api.reflection import Reflection
from flagd.rpc.instrument import instrument, instrument_routes
from flagd.rpc.method import Method
from flagd.v1 import evaluation_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.api.access import Access
    from flagd.metrics import Metrics
    from flagd.rpc.route import Route
    from flagd.store import Store

EVALUATION_SERVICE = "flagd.v1.EvaluationService"


def public_methods(access: Access, store: Store, metrics: Metrics, more: Sequence[Method] = ()) -> list[Method]:
    """Return what the public port answers: evaluation, OpenFeature's evaluation, health, reflection, and `more`."""
    others = dict.fromkeys(method.path.split("/")[1] for method in more)
    names = [EVALUATION_SERVICE, HEALTH_SERVICE, *others]
    methods = [
        *more,
        *evaluation_methods(access, store),
        *openfeature_methods(access, store),
        *Health(store, [EVALUATION_SERVICE]).methods(),
        *Reflection(store, names).methods(),
    ]
    return instrument(methods, metrics)


def public_routes(access: Access, store: Store, metrics: Metrics) -> list[Route]:
    """Return what the public port answers by plain HTTP, where the transport has it.

    That is Amplitude's REST, OFREP, and OpenFeature's manifest.
    """
    return [
        *instrument_routes(amplitude_routes(access, store), metrics),
        *answer_failures(instrument_routes(ofrep_routes(access, store), metrics)),
        *instrument_routes([manifest_route(access)], metrics),
    ]


def evaluation_methods(access: Access, store: Store) -> list[Method]:
    """Return the RPCs of flagd.v1.EvaluationService."""
    evaluation, watch, explain = Evaluation(access), Watch(access, store), Explain(access)
    return [
        Method(
            f"/{EVALUATION_SERVICE}/Evaluate",
            pb.EvaluateRequest,
            pb.EvaluateResponse,
            unary=evaluation.evaluate,
            idempotent=True,
            at_once=True,
            admit=access.admit,
        ),
        Method(
            f"/{EVALUATION_SERVICE}/EvaluateBatch",
            pb.EvaluateBatchRequest,
            pb.EvaluateBatchResponse,
            unary=evaluation.evaluate_batch,
            idempotent=True,
            admit=access.admit,
        ),
        Method(
            f"/{EVALUATION_SERVICE}/Watch",
            pb.WatchRequest,
            pb.WatchResponse,
            stream=watch.watch,
            idempotent=True,
            admit=access.admit,
        ),
        Method(
            f"/{EVALUATION_SERVICE}/Explain",
            pb.ExplainRequest,
            pb.ExplainResponse,
            unary=explain.explain,
            idempotent=True,
            admit=partial(access.admit, server=True),
        ),
    ]
