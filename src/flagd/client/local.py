"""LocalEvaluation: answers in this process, from a ruleset that a thread keeps current."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flagd.client import fork
from flagd.client.decisions import Table, affected, is_told, look_at_all, look_in
from flagd.client.following.collector import collector_at_rest
from flagd.client.following.exposed import Exposed
from flagd.client.following.follower import Follower
from flagd.client.following.serving import Contact, Serving
from flagd.client.health import Health
from flagd.client.listeners import Listeners
from flagd.client.variant import ErrorCode
from flagd.last_good.file import State, StateError
from flagd.ruleset import RulesetError
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.snapshot import Snapshot
from flagd.sync.subscriber.folding import is_quick, take
from flagd.turns import short_turns
from flagd.v1.ruleset_pb2 import FollowRequest, Held

if TYPE_CHECKING:
    from collections.abc import Collection

    from flagd.client.calls.endpoint import Endpoint
    from flagd.client.following.seed import Seed
    from flagd.client.user import User
    from flagd.client.variant import Variant
    from flagd.v1.ruleset_pb2 import FollowResponse

log = logging.getLogger(__name__)


class LocalEvaluation:
    """Asked by any thread; changed by the follower's alone, but for `start`, `close` and `heal`."""

    def __init__(self, endpoint: Endpoint | None, seed: Seed) -> None:
        self.table = Table.of(None)
        """What lookups read. Replaced whole: take it once per lookup."""
        self.busy = threading.RLock()
        self.changes: Listeners[frozenset[str]] = Listeners()
        self.healths: Listeners[Health] = Listeners()
        self._endpoint = endpoint
        self._seed = seed
        self._exposed = Exposed(endpoint)
        self._serving: Serving | None = None
        self._contact = Contact()
        self._refused = False
        self._behind = ""
        self._kept = ""
        self._forked = self._started = self._closed = False
        self._seeded, self._current = threading.Event(), threading.Event()
        self._follower = Follower(endpoint, self)
        fork.register(self)

    # What callers ask.

    def look(self, flag_key: str, user: User, *, exposes: bool = True) -> Variant[Any] | None:
        """Return what `user` gets of a flag; None = the flag is unknown, or decides nothing for this user."""
        self.start()
        serving = self._serving
        take = self._exposed.take if exposes else _nobody
        return look_in(serving.snapshot, serving.table, flag_key, user, take) if serving else None

    def all(self, user: User) -> dict[str, Variant[Any]]:
        """Return the variants of all flags that decide something for `user`."""
        self.start()
        serving = self._serving
        return look_at_all(serving.snapshot, user) if serving else {}

    def absence(self, flag_key: str) -> tuple[ErrorCode | None, str]:
        """Return why a flag is not answered; no error where it decides nothing for the user."""
        serving = self._serving
        if serving is None:
            return ErrorCode.PROVIDER_NOT_READY, self._contact.error or "no ruleset has been loaded yet"
        if is_told(serving.snapshot.ruleset.flags.get(flag_key)):
            return None, ""
        project = serving.snapshot.ruleset.project or "the bootstrap"
        return ErrorCode.FLAG_NOT_FOUND, f"{project} has no such flag of evaluationMode Local that this client may see"

    def variants(self, flag_key: str) -> Collection[str]:
        """Return the keys of the variants that a flag has; none, where it is unknown."""
        flag = self._serving.snapshot.ruleset.flags.get(flag_key) if self._serving else None
        return flag["variants"].keys() if is_told(flag) and flag else ()

    @property
    def health(self) -> Health:
        """How we stand."""
        serving, contact = self._serving, self._contact
        return Health(
            ready=serving is not None,
            connected=contact.connected,
            stale=self._endpoint is not None and (not contact.connected or contact.stale or bool(self._behind)),
            revision=serving.snapshot.revision if serving else "",
            flags=len(serving.snapshot.ruleset.flags) if serving else 0,
            origin=serving.origin if serving else "",
            age_seconds=None if contact.as_of is None else max(0.0, time.time() - contact.as_of),
            forked=self._forked,
            error=self._behind or contact.error,
        )

    @property
    def source(self) -> tuple[str, str]:
        """Project and revision of what is answered from; empty while there is nothing."""
        serving = self._serving
        return (serving.snapshot.ruleset.project, serving.snapshot.revision) if serving else ("", "")

    def wait_seeded(self) -> None:
        """Wait until what is on this machine has been read."""
        self.start()
        self._seeded.wait()

    def wait_ready(self, timeout: float) -> bool:
        """Wait for the server's ruleset, at most `timeout` seconds; return whether there is any to answer from."""
        self.start()
        self._current.wait(timeout)
        return self._serving is not None

    # Beginning and end, in the caller's thread.

    def start(self) -> None:
        """Have the thread run, unless it does. Raises nothing: without a thread, what is held is answered from."""
        if self._started or self._closed:
            return
        with self.busy:
            if self._started or self._closed:
                return
            self._started = True
            if self._serving is not None:
                self.table = self._serving.table
        try:
            self._follower.start()
        except RuntimeError as error:
            log.warning("no thread can be started (%s): flags stay as they are", error)

    def close(self) -> None:
        """End the thread, and keep what is held on disk. Lookups go on from what is held."""
        if self._closed:
            return
        self._closed = True
        self._follower.stop()
        self._seeded.set()
        self._current.set()
        self._contact = replace(self._contact, connected=False, error="the client is closed")
        self._keep()

    def heal(self) -> None:
        """Take in a fork: what is held is shared with the parent, a stream of our own is opened when first asked."""
        self.busy = threading.RLock()
        self.changes.heal()
        self.healths.heal()
        self._follower.abandon()
        self._exposed.heal()
        self._forked = True
        self._contact = replace(self._contact, connected=False)
        seeded, self._seeded, self._current = self._seeded.is_set(), threading.Event(), threading.Event()
        if seeded:
            self._seeded.set()
        if not self._closed:
            self._started = False
            self._follower = Follower(self._endpoint, self)
            self.table = Table.of(None)

    # What the follower says, in its thread.

    def begin(self) -> None:
        """Read what is on this machine, unless something is held."""
        try:
            with self.busy, short_turns, collector_at_rest():
                changed = self._plant() if self._serving is None else frozenset[str]()
        except StateError as error:
            log.warning("%s", error)
            self._contact = replace(self._contact, error=str(error))
            changed = frozenset()
        finally:
            self._seeded.set()
            if self._endpoint is None:
                self._current.set()
        self._told(changed)

    def request(self) -> FollowRequest:
        """Say what is wanted and held; nothing is, as far as the server knows, after something was refused."""
        request = FollowRequest(projects=[self._seed.project] if self._seed.project else [])
        if self._serving is not None and not self._refused:
            held = self._serving.snapshot.ruleset
            request.held.append(Held(project=held.project, revision=held.revision, flags=len(held.flags)))
        return request

    def take(self, response: FollowResponse) -> None:
        """Take in a message. Raises RulesetError for an update that is not what it says."""
        changed: frozenset[str] = frozenset()
        before = self._contact
        spent = self._pieces(response)
        with self.busy:
            match response.WhichOneof("message"):
                case "update" | "compressed_update":
                    changed = self._update(response)
                case "oversize":
                    told = response.oversize
                    self._behind = f"revision {told.revision} is too large to be sent ({told.size} bytes)"
                case "heartbeat":
                    self._vouch(response)
                    self._exposed.report(self.source[0])
        while spent:  # freed at once, they would hold up every thread for as long as that takes
            spent.pop()
        self._told(changed)
        if (self._contact.connected, self._contact.stale) != (before.connected, before.stale):
            self.healths.tell(self.health)

    def lost(self, reason: str) -> None:
        """Take in that there is no stream."""
        self._exposed.lost()
        self._contact = replace(self._contact, connected=False, error=reason)
        self.healths.tell(self.health)

    # How it is done.

    def _plant(self) -> frozenset[str]:
        found = self._seed.read()
        if found is None:
            return frozenset()
        hashed, origin, as_of = found
        self._contact = replace(self._contact, as_of=as_of)
        if origin == "last good":
            self._kept = hashed.ruleset.revision
        return self._serve(Serving.make(hashed, Snapshot.make(hashed.ruleset, None, as_of or 0.0), origin))

    def _update(self, response: FollowResponse) -> frozenset[str]:
        told = response.update if response.HasField("update") else response.compressed_update
        held, snapshot = self._base(told.project)
        try:
            if is_quick(response):
                hashed, made = take(response, held, snapshot, time.time())
            else:
                with short_turns, collector_at_rest():
                    hashed, made = take(response, held, snapshot, time.time())
        except RulesetError as error:
            self._refused = True
            raise RulesetError(f"revision {told.revision} is refused: {error}") from None
        self._refused, self._behind = False, ""
        return self._serve(Serving.make(hashed, made, "server"))

    def _pieces(self, response: FollowResponse) -> list[object]:
        """Return what is answered from, in pieces, if `response` is to replace much of it."""
        serving = self._serving
        if serving is None or response.HasField("heartbeat") or is_quick(response):
            return []
        return [*serving.snapshot.engine.pieces, *serving.snapshot.ruleset.flags.values()]

    def _base(self, project: str) -> tuple[HashedRuleset, Snapshot | None]:
        """Return what an update of `project` applies to, and what of it is compiled."""
        serving = self._serving
        if serving is None or serving.snapshot.ruleset.project != project:
            return HashedRuleset.empty(project), None
        return serving.hashed, serving.snapshot

    def _serve(self, serving: Serving) -> frozenset[str]:
        before = self._serving
        self._serving = serving
        self.table = serving.table
        self._exposed.keep(serving.snapshot.ruleset)
        return affected(before.snapshot if before else None, serving.snapshot)

    def _vouch(self, response: FollowResponse) -> None:
        if not self._contact.connected and self._endpoint is not None:
            log.info("%s: connected, %d flags", self._endpoint.address, self.health.flags)
        age = max(0.0, response.age_seconds) if response.stale else 0.0
        as_of = self._contact.as_of if self._behind else time.time() - age
        self._contact = Contact(connected=True, stale=response.stale, as_of=as_of)
        self._current.set()
        self._keep()

    def _keep(self) -> None:
        """Write what is held to disk, if it is news and we are not one of many forks that would do the same."""
        serving, last_good = self._serving, self._seed.last_good
        if last_good is None or serving is None or self._forked or serving.snapshot.revision == self._kept:
            return
        self._kept = serving.snapshot.revision
        ruleset = serving.snapshot.ruleset
        try:
            with short_turns:
                last_good.write(State({ruleset.project: ruleset}, self._contact.as_of or 0.0))
        except StateError as error:
            log.warning("the last good ruleset is not kept: %s", error)

    def _told(self, changed: frozenset[str]) -> None:
        if changed:
            self.changes.tell(changed)


def _nobody(*_: object) -> bool:
    """Count nobody, and have the next user looked at again."""
    return True
