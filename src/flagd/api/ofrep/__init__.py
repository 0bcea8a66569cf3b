"""OFREP: OpenFeature's Remote Evaluation Protocol 0.3.0, flags by JSON over HTTP.

Source: https://github.com/open-feature/protocol (service/openapi.yaml and its ADRs).
"""

from flagd.api.ofrep.failure import answer_failures
from flagd.api.ofrep.routes import ofrep_routes

__all__ = ["answer_failures", "ofrep_routes"]
