"""Delivery: the form of a flag that clients get who evaluate in process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.flag import DEFAULT

if TYPE_CHECKING:
    from flagd.ruleset.flag import EvaluationFlag


def deliver_local(flag: EvaluationFlag) -> EvaluationFlag:
    """Return `flag` as local clients get it: itself if it is local, else the same flag, off for everybody.

    Source: flag-semantics 4, as Amplitude delivers remote flags to its local SDKs.
    """
    if flag.get("metadata", {}).get("evaluationMode") == "local":
        return flag
    delivered: EvaluationFlag = {"key": flag["key"], "variants": flag["variants"], "segments": [DEFAULT]}
    if "metadata" in flag:
        delivered["metadata"] = flag["metadata"]
    return delivered
