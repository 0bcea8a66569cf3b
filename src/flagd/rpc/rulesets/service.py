"""RulesetService: publishes rulesets to whoever subscribes, and takes down what they make of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flagd.rpc.method import Method
from flagd.rpc.status import Unimplemented
from flagd.v1.ruleset_pb2 import SubscribeRequest, SubscribeResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from flagd.rpc.method import Call
    from flagd.rpc.rulesets.acks import Acks
    from flagd.rpc.rulesets.admission import Admission
    from flagd.rpc.rulesets.publication import Publications

SERVICE = "flagd.v1.RulesetService"
HEARTBEAT_SECONDS = 15.0
UPDATE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set about the service.

    Attributes:
        clients: whether callers of role CLIENT need a deployment key (a Server one), or are not served at all.
        heartbeat_seconds: how often a stream without news says that it lives; subscribers count
            on 15, and call what they have stale after twice that.
        update_bytes: largest update that is sent, in bytes before compression; a project that needs
            more is held back, and subscribers and log are told.
        subscribers: most streams at a time; more are refused with RESOURCE_EXHAUSTED.
    """

    clients: Literal["optional", "required", "refused"] = "refused"
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    update_bytes: int = UPDATE_BYTES
    subscribers: int = 2000


class RulesetService:
    """Answers Subscribe, from what is published, for any transport that serves bidirectional streams."""

    def __init__(
        self, publications: Publications, acks: Acks, admission: Admission, settings: Settings | None = None
    ) -> None:
        """Publish what `publications` says, to whom `admission` admits, and write `acks`.

        Args:
            publications: read whenever its event is set; the operator's is a `Board`.
            acks: the table of subscribers, which the operator reads to tell what is really served.
            admission: decides on subscribers of role replica and operator.
            settings: limits and intervals.
        """
        self._publications = publications
        self._acks = acks
        self._admission = admission
        self._settings = settings or Settings()

    def methods(self) -> list[Method]:
        """Return the RPCs of the service, for `flagd.rpc.guard.guard` and then a transport."""
        return [Method(f"/{SERVICE}/Subscribe", SubscribeRequest, SubscribeResponse, bidi=self.subscribe)]

    async def subscribe(self, requests: AsyncIterator[SubscribeRequest], call: Call) -> AsyncIterator[bytes]:  # noqa: ARG002
        """Yield encoded SubscribeResponses until the caller leaves or the publisher goes."""
        raise Unimplemented("not served yet")
        yield b""
