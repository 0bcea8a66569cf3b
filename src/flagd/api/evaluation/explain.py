"""Explain: why a user gets a variant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.api.answer import to_message, unknown_flag
from flagd.api.evaluation.context import evaluation_context
from flagd.rpc.limits import KEY_BYTES, check_text
from flagd.v1.evaluation_pb2 import (
    BucketExplanation,
    ConditionExplanation,
    ConditionSetExplanation,
    ExplainResponse,
    ListExplanation,
    SegmentExplanation,
)

if TYPE_CHECKING:
    from flagd import engine
    from flagd.api.access import Access
    from flagd.rpc.method import Call
    from flagd.v1.evaluation_pb2 import ExplainRequest


class Explain:
    """Answers Explain. Callers with a key see only their deployment's flags."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def explain(self, request: ExplainRequest, call: Call) -> bytes:
        """Return an encoded ExplainResponse."""
        view = self._access.view(request.project, call, server=True)
        key = request.flag_key
        check_text(key, "flag_key", KEY_BYTES)
        context = evaluation_context(request.user)
        explanation = view.snapshot.engine.explain(context, key) if view.sees(key) else None
        if explanation is None:
            variant = unknown_flag(self._access.why_unknown(view, key))
            message = ExplainResponse(flag_key=key, variant=variant, text=variant.error_message)
        else:
            message = _message(explanation.shown(view.explains))
        return message.SerializeToString() + view.explain_tail


def _message(explanation: engine.Explanation) -> ExplainResponse:
    return ExplainResponse(
        flag_key=explanation.flag_key,
        variant=to_message(explanation.variant) if explanation.variant else None,
        segments=map(_segment, explanation.segments),
        dependencies=map(_message, explanation.dependencies),
        text="\n".join(explanation.lines()),
    )


def _segment(segment: engine.SegmentExplanation) -> SegmentExplanation:
    return SegmentExplanation(
        name=segment.name,
        matched=segment.matched,
        any_of=[ConditionSetExplanation(conditions=map(_condition, one.conditions)) for one in segment.any_of],
        bucket=_bucket(segment.bucket) if segment.bucket else None,
        variant=segment.variant,
    )


def _condition(condition: engine.ConditionExplanation) -> ConditionExplanation:
    return ConditionExplanation(
        attribute=condition.attribute,
        op=condition.op,
        values=condition.values,
        value_count=condition.value_count,
        actual=condition.actual,
        matched=condition.matched,
        compared_as=condition.compared_as,
        misread=condition.misread,
        lists=[ListExplanation(cohort=one.cohort, ids=one.ids, as_of=one.as_of) for one in condition.lists],
    )


def _bucket(bucket: engine.BucketExplanation) -> BucketExplanation:
    return BucketExplanation(
        attribute=bucket.attribute,
        salt=bucket.salt,
        value=bucket.value,
        hash=bucket.hash,
        allocation=bucket.allocation,
        distribution=bucket.distribution,
        rollout_percent=bucket.rollout_percent,
        admitted=bucket.admitted,
        admitted_from_percent=bucket.admitted_from_percent,
        range_start=bucket.range_start,
        range_end=bucket.range_end,
        range_percent=bucket.range_percent,
    )
