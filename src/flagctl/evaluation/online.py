"""Online: answers from a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from google.protobuf.json_format import MessageToDict

from flagctl.evaluation.answer import Answer, Outcome
from flagctl.evaluation.explained import Explained
from flagctl.printable import printable
from flagd.engine.context import evaluation_context
from flagd.rpc.struct import from_struct, from_value, whole_numbers
from flagd.rpc.user_message import UserMessageError, user_message
from flagd.v1.evaluation_pb2 import ErrorCode, EvaluateRequest, ExplainRequest, Reason, User
from flagd.value_type import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.evaluation.question import Question
    from flagctl.remote.server import Server
    from flagd.v1.evaluation_pb2 import ExplainResponse, Variant

WHERE_TO_LOOK = (
    "\nThe server has no flag with this key, or none that this deployment key opens. Is it declared? Then the log and "
    "/readyz say what is wrong with it: those of flagd for a folder, those of the operator in a cluster, where "
    "`kubectl describe flag` says it too."
)


class Online:
    """A server and what it is asked."""

    def __init__(self, asked: Question, server: Server) -> None:
        self._server = server
        self._project = asked.project or ""
        self._flags = asked.flags
        self._user = _user(asked)

    def evaluate(self) -> Answer:
        """Return the variants asked for."""
        request = EvaluateRequest(project=self._project, user=self._user, flag_keys=self._flags)
        with self._server.connected() as connection:
            response = connection.evaluate(request)
        outcomes = [_outcome(key, response.variants[key]) for key in self._flags or sorted(response.variants)]
        return Answer(outcomes, response.revision, response.stale)

    def explain(self) -> Iterator[Explained]:
        """Yield the reasons for each, one call after the other."""
        flags = self._flags or [outcome.flag for outcome in self.evaluate().outcomes]
        with self._server.connected() as connection:
            for key in flags:
                request = ExplainRequest(project=self._project, user=self._user, flag_key=key)
                response = connection.explain(request)
                error = _error(response.variant)
                if response.variant.error_code == ErrorCode.ERROR_CODE_FLAG_NOT_FOUND:
                    error += WHERE_TO_LOOK
                yield Explained(key, response.text, _plain(response), error, response.stale)


def _user(asked: Question) -> User:
    try:
        return user_message(evaluation_context(asked.user))
    except UserMessageError as error:
        raise click.UsageError(f"--user: {error}") from None


def _outcome(flag: str, variant: Variant) -> Outcome:
    error = _error(variant)
    if error:
        return Outcome(flag, error=error)
    metadata = whole_numbers(from_struct(variant.metadata))
    payload = whole_numbers(from_value(variant.payload)) if variant.HasField("payload") else None
    return Outcome(
        flag=flag,
        key=variant.key,
        value=variant.value if variant.HasField("value") else None,
        payload=typed(payload, metadata),
        reason=_reason(variant.reason),
        segment=variant.segment,
        metadata=metadata,
    )


def _error(variant: Variant) -> str:
    return (printable(variant.error_message) or "the server does not say why") if variant.error_code else ""


def _reason(number: int) -> str:
    return Reason.Name(number).removeprefix("REASON_") if number in Reason.values() else str(number)


def _plain(response: ExplainResponse) -> dict[str, Any]:
    return {
        "flag_key": response.flag_key,
        "variant": _outcome(response.flag_key, response.variant).as_dict() if response.HasField("variant") else None,
        "segments": [
            MessageToDict(segment, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
            for segment in response.segments
        ],
        "dependencies": [_plain(dependency) for dependency in response.dependencies],
    }
