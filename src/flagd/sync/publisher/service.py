"""RulesetService: publishes rulesets to anyone who subscribes, and records what they make of them."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.rpc.beat import Beat
from flagd.rpc.limits import check_count, check_text
from flagd.rpc.method import Method
from flagd.rpc.status import DeadlineExceeded, InvalidArgument, ResourceExhausted, Unavailable
from flagd.sync.limits import HELD, SUBSCRIBE, UPDATE_BYTES
from flagd.sync.publisher.ack_deadline import SILENCE_SECONDS, AckDeadline
from flagd.sync.publisher.admissions import Admissions
from flagd.sync.publisher.authorization import StreamAuthorization
from flagd.sync.publisher.session import Sent, Session
from flagd.sync.publisher.stream import Stream
from flagd.sync.publisher.subscribers import Refusal, Served, Subscriber
from flagd.sync.publisher.subscription import REASON_BYTES, check_served, read_subscription
from flagd.sync.publisher.update_cache import UpdateCache
from flagd.v1.ruleset_pb2 import Heartbeat, Removal, SubscribeRequest, SubscribeResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from flagd.rpc.method import Call
    from flagd.sync.publisher.admission import Admission
    from flagd.sync.publisher.authorization import ClientPolicy
    from flagd.sync.publisher.publication import Publication, Publications
    from flagd.sync.publisher.subscribers import Row, Subscribers
    from flagd.sync.publisher.subscription import Subscription
    from flagd.sync.publisher.update_cache import Delivery

log = logging.getLogger(__name__)
SERVICE = "flagd.v1.RulesetService"
HEARTBEAT_SECONDS = 15.0
HELLO_SECONDS = 10.0
"""How long a stream may take to say hello."""
LISTEN_SECONDS = 1.0
"""How long it is listened for a late answer before a subscriber is given up."""
_HEARTBEAT = SubscribeResponse(heartbeat=Heartbeat()).SerializeToString()


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set about the service.

    Attributes:
        clients: whether callers of role CLIENT need a deployment key (a Server one), or are not served at all.
        heartbeat_seconds: how often a stream says that it lives, whatever else it says; subscribers
            count on 15, and call what they have stale after twice that.
        update_bytes: largest update that is sent, in bytes before compression; a project that needs
            more is held back, which subscribers and the log report.
        subscribers: most streams at a time; more are refused with RESOURCE_EXHAUSTED.
        silence_seconds: how long a subscriber may owe an answer, on a quick link.
    """

    clients: ClientPolicy = "refused"
    heartbeat_seconds: float = HEARTBEAT_SECONDS
    update_bytes: int = UPDATE_BYTES
    subscribers: int = 2000
    silence_seconds: float = SILENCE_SECONDS


class RulesetService:
    """Answers Subscribe, from what is published, for any transport that serves bidirectional streams."""

    def __init__(
        self,
        publications: Publications,
        subscribers: Subscribers,
        admission: Admission,
        settings: Settings | None = None,
        admissions: Admissions | None = None,
    ) -> None:
        """Publish what `publications` says, to whom `admission` admits, and write `subscribers`.

        Args:
            publications: read whenever its event is set; the operator's is a `Board`.
            subscribers: the table of subscribers, which the operator reads to find out what is really served.
            admission: decides on subscribers of role replica and operator.
            settings: limits and intervals.
            admissions: what replicas are asked to count; None = nothing.
        """
        self._publications = publications
        self._subscribers = subscribers
        self._admission = admission
        self._settings = settings or Settings()
        self._admissions = admissions or Admissions()
        self._authorization = StreamAuthorization(self._settings.clients)
        self._cache = UpdateCache(self._settings.update_bytes)

    def methods(self) -> list[Method]:
        """Return the RPCs of the service, for `flagd.rpc.instrument.instrument` and then a transport."""
        return [Method(SUBSCRIBE, SubscribeRequest, SubscribeResponse, bidi=self.subscribe)]

    async def subscribe(self, requests: AsyncIterator[SubscribeRequest], call: Call) -> AsyncIterator[bytes]:
        """Yield encoded SubscribeResponses until the caller leaves or the publisher goes."""
        subscription = await _hello(requests)
        self._authorization.check(subscription)
        if subscription.role != "client":
            await self._admission.admit(subscription.role, subscription.name, call)
        if len(self._subscribers.streams) >= self._settings.subscribers:
            raise ResourceExhausted(f"{self._settings.subscribers} subscribers are connected, and no more are accepted")
        with self._subscribers.enter(_subscriber(subscription)) as row, self._publications.subscribe() as changed:
            session = Session({project: revision for project, (revision, _) in subscription.held.items()})
            ack_deadline = AckDeadline(self._settings.silence_seconds)
            beat = Beat(self._settings.heartbeat_seconds)
            stream = Stream(subscription, call.metadata.get("authorization"), session, ack_deadline, beat)
            listening = asyncio.create_task(_listen(requests, stream, row, changed, self._admissions), name="acks")
            try:
                while not listening.done():
                    changed.clear()
                    if self._publications.closed:
                        raise Unavailable("the publisher is shutting down; connect again")
                    async for message in self._news(stream):
                        with stream.in_time():
                            yield message
                    await stream.beat.wait(changed, stream.time_left)
                    if stream.time_left <= 0:
                        # Perhaps it was us who were away: what waits to be read comes first.
                        await asyncio.sleep(LISTEN_SECONDS)
                    if stream.time_left <= 0:
                        log.warning(
                            "subscriber %r has not answered for too long, closing its stream", subscription.name
                        )
                        raise Unavailable("no answer in time; connect again")
                await listening  # raises what was wrong with a message
            finally:
                listening.cancel()

    async def _news(self, stream: Stream) -> AsyncIterator[bytes]:
        """Yield what the subscriber lacks now, and a heartbeat if it is due."""
        publication = self._publications.current
        # An operator asks what to keep serving of what is broken: those that stand by remember that too.
        if publication is not None and (publication.publishing or stream.subscription.role == "operator"):
            forms = self._authorization.forms(stream.subscription, stream.authorization, publication)
            for project, form in forms.items():
                if message := await self._update(stream.session, project, form):
                    if stream.session.waiting:
                        stream.owe(len(message))
                    yield message
            for project in stream.session.held - forms.keys():
                if stream.subscription.wants(project) and stream.session.base(project, "") is not None:
                    stream.session.send(project, Sent(""))
                    stream.owe()
                    yield _head(publication) + SubscribeResponse(removal=Removal(project=project)).SerializeToString()
        term = publication and (publication.publishing, publication.epoch, publication.stale)
        if stream.said != (term,) or stream.beat.due:
            if stream.answers_heartbeats:
                stream.owe()
            yield (_head(publication) if publication else b"") + self._heartbeat(stream)
            stream.said = (term,)
            stream.beat.given()

    def _heartbeat(self, stream: Stream) -> bytes:
        """Return the next heartbeat of a stream; replicas are asked to count."""
        if stream.subscription.role != "replica":
            return _HEARTBEAT
        stream.heartbeats += 1
        return self._admissions.heartbeat(stream.heartbeats)

    async def _update(self, session: Session, project: str, form: Delivery) -> bytes:
        """Return what leads the subscriber to the latest revision of one project; nothing if it is there."""
        # Not what held when this round began: a slow reader gets the latest, and updates never go back.
        publication = self._publications.current
        if publication is None or (ruleset := publication.rulesets.get(project)) is None:
            return b""
        updates = await self._cache.updates(ruleset, form)
        base = session.base(project, updates.revision)
        if base is None:
            return b""
        encoded = await updates.encoded(base)
        sent = Sent(encoded.revision, encoded.base)
        if encoded.answered:
            session.send(project, sent)
        else:
            session.hold(project, sent)
        return encoded.payload and _head(publication) + encoded.payload


async def _hello(requests: AsyncIterator[SubscribeRequest]) -> Subscription:
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            return read_subscription(await anext(requests))
    except StopAsyncIteration:
        raise InvalidArgument("the first message of a stream must be a hello") from None
    except TimeoutError:
        raise DeadlineExceeded(f"no hello within {HELLO_SECONDS:g} s") from None


def _subscriber(subscription: Subscription) -> Subscriber:
    now = time.time()
    served = {project: Served(revision, flags, now) for project, (revision, flags) in subscription.held.items()}
    return Subscriber(subscription.role, subscription.name, now, subscription.projects, served)


async def _listen(
    requests: AsyncIterator[SubscribeRequest], stream: Stream, row: Row, changed: asyncio.Event, admissions: Admissions
) -> None:
    """Record what the subscriber answers, until it closes its side."""
    try:
        async for request in requests:
            _take_down(request, stream, row, admissions)
            stream.heard()
            changed.set()
    finally:
        changed.set()


def _take_down(request: SubscribeRequest, stream: Stream, row: Row, admissions: Admissions) -> None:
    session = stream.session
    match request.WhichOneof("message"):
        case "ack":
            ack = request.ack
            check_served(ack.project, ack.revision)
            check_count(len({*row.subscriber.served, ack.project}), HELD, "acks")
            session.ack(ack.project, ack.revision)
            row.ack(ack.project, Served(ack.revision, ack.flags, time.time()) if ack.revision else None)
        case "nack":
            nack = request.nack
            check_served(nack.project, nack.revision)
            check_text(nack.reason, "nack.reason", REASON_BYTES)
            check_count(len({*row.subscriber.refused, nack.project}), HELD, "nacks")
            session.nack(nack.project, nack.revision)
            row.nack(nack.project, Refusal(nack.revision, nack.reason, time.time()))
        case "heartbeat":
            stream.answers_heartbeats = True
            if stream.subscription.role == "replica":
                admissions.take(request.heartbeat.counts, stream.counts)
                admissions.seen.take(request.heartbeat.samples)
        case _:
            raise InvalidArgument("only acks, nacks and heartbeats follow the hello")


def _head(publication: Publication) -> bytes:
    return SubscribeResponse(
        publishing=publication.publishing,
        epoch=publication.epoch,
        sequence=publication.sequence,
        stale=publication.stale,
    ).SerializeToString()
