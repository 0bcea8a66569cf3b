"""Known paths: what the access log and traces call a call, since a caller may type anything into a path or a method."""

from __future__ import annotations

_EVALUATION = "/flagd.v1.EvaluationService/"
_VALUES = ("ResolveBoolean", "ResolveString", "ResolveInt", "ResolveFloat", "ResolveObject", "EventStream")

PATHS = (
    *(f"{_EVALUATION}{method}" for method in ("Evaluate", "EvaluateBatch", "Watch", "Explain")),
    *(f"/flagd.v1.RulesetService/{method}" for method in ("Follow", "ReportSamples")),
    *(f"/flagd.evaluation.v1.Service/{method}" for method in ("ResolveAll", *_VALUES)),
    *(f"/flagd.evaluation.v2.Service/{method}" for method in _VALUES),
    *(f"/grpc.health.v1.Health/{method}" for method in ("Check", "Watch")),
    *(f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo" for version in ("v1", "v1alpha")),
    *("/sdk/v2/vardata", "/v1/vardata", "/sdk/v2/flags", "/sdk/stream/v1/flags", "/sdk/v1/cohort/"),
    *("/ofrep/v1/evaluate/flags", "/ofrep/v1/evaluate/flags/", "/ofrep/v1/events"),
    "/openfeature/v0/manifest",
)
"""What the public port serves; one that ends in ``/`` stands for all below it. The first that matches counts."""
OTHER = "other"
"""The name of every other path, and of a method that is not a usual one."""
USUAL_METHOD = {
    "name": ":method",
    "string_match": {"safe_regex": {"regex": "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|TRACE"}},
}
"""What Envoy compares a method with. Over HTTP/2 it may be any word."""


def name(path: str) -> str:
    """Return how a path of PATHS is called: ``/sdk/v1/cohort/*``."""
    return f"{path}*" if path.endswith("/") else path
