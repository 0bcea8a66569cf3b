"""FlagClient: asks flags, in this process or at a server, and never raises into the code that asks."""

from __future__ import annotations

import weakref
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from flagd.client import fork, takeover
from flagd.client.calls.endpoint import Endpoint
from flagd.client.choice import last_good_file, local_evaluation, remote_evaluation
from flagd.client.complaints import Complaints, as_default
from flagd.client.following.seed import Seed
from flagd.client.lookup_failed import LookupFailed
from flagd.client.user import InvalidUserError, User
from flagd.client.variant import ErrorCode, Variant
from flagd.engine.variant import Reason
from flagd.engine.variant import Variant as Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from flagd.client.following.seed import Bootstrap
    from flagd.client.health import Health
    from flagd.client.takeover import Evaluation
    from flagd.tracking import Counters, Tracking

P = TypeVar("P")
T = TypeVar("T")
REMOTE_SECONDS = 0.25
READY_SECONDS = 10.0
_same_process = fork.same_process
_NO_RESULTS: dict[str, Any] = {}


class FlagClient:
    """Asks the flags of one project. One for the whole process, shared by threads, event loops and forks.

    With ``with`` or ``async with``, what is on this machine is read on entry, and the client is closed at the end;
    without, it is closed when the interpreter ends.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key: str = "",
        project: str = "",
        evaluation: Literal["local", "remote"] = "local",
        timeout: float = REMOTE_SECONDS,
        bootstrap: Bootstrap | None = None,
        last_good: Path | str | None = None,
        ca: Path | str | None = None,
        insecure: bool = False,
        tracking: Tracking | None = None,
        counters: Counters | None = None,
    ) -> None:
        """Begin to follow the server, in a thread, and return at once; with ``remote``, begin nothing.

        Args:
            url: ``https://HOST:PORT`` or ``http://HOST:PORT`` of flagd's evaluation port, or ``grpcs://`` or ``grpc://``
                with ``remote`` and the extra ``grpc``; None = there is no server.
            key: deployment key; for local evaluation one of type Server.
            project: whose flags are asked; empty = that of the key, or else the server's default.
            evaluation: ``local``: in this process, flags of evaluationMode Local; ``remote``: by the server, all flags.
            timeout: longest time of a remote lookup, in seconds.
            bootstrap: what is answered from at first: a file that ``flagctl compile`` wrote or that `last_good` named
                elsewhere, or the list of flags itself.
            last_good: file in which the last good ruleset is kept, for the next start.
            ca: PEM file with the CA certificates to trust; None = those of the system.
            insecure: whether the key may be sent without TLS beyond this machine.
            tracking: is told of exposures, and closed with the client; None = nobody is.
            counters: count what `track` is told; None = nothing is counted.

        Raises:
            ValueError: an argument is wrong; the message says which, and what would be right.
            ImportError: the URL needs the extra ``grpc``, which is not installed.
        """
        endpoint = None if url is None else Endpoint.parse(url, key, Path(ca) if ca else None, insecure=insecure)
        if evaluation not in ("local", "remote"):
            raise ValueError(f"evaluation: {evaluation!r} is neither 'local' nor 'remote'")
        if not 0 < timeout < inf:
            raise ValueError(f"timeout: {timeout!r} is not a number of seconds above 0")
        seed = Seed(project, last_good_file(last_good), bootstrap)
        own = local_evaluation(endpoint, seed) if evaluation == "local" else remote_evaluation(endpoint, seed, timeout)
        self._evaluation: Evaluation
        self._is_local = evaluation == "local"
        self._complaints = Complaints()
        self.tracking, self.counters = tracking, counters
        self._is_repeat = None if tracking is None else tracking.is_repeat
        self._finalizer = weakref.finalize(self, _close, own, tracking)
        if tracking is not None:
            fork.register(tracking)
        if counters is not None:
            fork.register(counters)
        takeover.enter(self, own)

    @overload
    def variant(self, flag_key: str, user: User | Mapping[str, Any], default: Variant[P]) -> Variant[P]: ...

    @overload
    def variant(self, flag_key: str, user: User | Mapping[str, Any], default: str = "off") -> Variant[Any]: ...

    def variant(
        self, flag_key: str, user: User | Mapping[str, Any], default: str | Variant[Any] = "off"
    ) -> Variant[Any]:
        """Return what `user` gets of a flag; `default`, a variant or the key of one, where that is not known.

        Never raises. What went wrong stands in the variant (``error``, ``message``) and once in the log.
        """
        try:
            if _same_process[0]:  # most lookups end here
                table = self._evaluation.table
                outcome = table.answers[flag_key]
                if outcome.__class__ is not Outcome:
                    outcome = outcome(user.context, _NO_RESULTS)  # type: ignore[union-attr,operator,assignment]
                found = table.told[outcome]  # type: ignore[index]
                is_repeat = self._is_repeat
                if is_repeat is not None:
                    last = user.recent.get(flag_key)  # type: ignore[union-attr]
                    if last and last[0] == found.key and last[1] is is_repeat and monotonic() < last[2].fresh_until:
                        return found  # what `is_repeat` would find out, for less than the call of it
                    if not is_repeat(user.context, flag_key, found, user.recent):  # type: ignore[union-attr]
                        self._expose(flag_key, user, found)  # type: ignore[arg-type]
                return found
        except Exception:  # noqa: BLE001 - be it the flag, the outcome or a User that is not there, it is found out below
            return self._look(flag_key, user, default)
        return self._look(flag_key, user, default)

    def all(self, user: User | Mapping[str, Any]) -> dict[str, Variant[Any]]:
        """Return what `user` gets of all flags, by key; those that decide nothing for the user are not in it.

        Never raises; what went wrong stands in the log.
        """
        try:
            asked = self._asked(user)
            found = self._evaluation.all(asked)
            if self.tracking is not None and not takeover.is_active():
                self.tracking.assign(asked.context, found, self._evaluation)
            if self.counters is not None and not self._is_local:
                for flag_key, variant in found.items():
                    self.counters.remember(asked.context, flag_key, variant)
            return found
        except Exception as error:  # noqa: BLE001 - as above
            self._failed(error, "", "off")
            return {}

    @overload
    async def variant_async(self, flag_key: str, user: User | Mapping[str, Any], default: Variant[P]) -> Variant[P]: ...

    @overload
    async def variant_async(
        self, flag_key: str, user: User | Mapping[str, Any], default: str = "off"
    ) -> Variant[Any]: ...

    async def variant_async(
        self, flag_key: str, user: User | Mapping[str, Any], default: str | Variant[Any] = "off"
    ) -> Variant[Any]:
        """Return what `variant` returns, and let the event loop run meanwhile. Local evaluation awaits nothing."""
        if self._is_local:
            return self.variant(flag_key, user, default)
        return await _in_thread(self._look, flag_key, user, default)

    async def all_async(self, user: User | Mapping[str, Any]) -> dict[str, Variant[Any]]:
        """Return what `all` returns, and let the event loop run meanwhile. Local evaluation awaits nothing."""
        return self.all(user) if self._is_local else await _in_thread(self.all, user)

    def track(self, event: str, user: User | Mapping[str, Any]) -> None:
        """Count that `user` did something, for the variants that the user has of the flags that are counted.

        Never raises; an event that is not counted stands in the log, once. Local evaluation decides again; where a
        server decides, its last answer for this user counts.
        """
        if self.counters is None or takeover.is_active():
            return
        try:
            asked = self._asked(user)
            self.counters.count(event, lambda flag_key: self._had(flag_key, asked))
        except Exception as error:  # noqa: BLE001 - as above
            self._complaints.note(ErrorCode.GENERAL, f"an event is not counted: {error}", event)

    def variants(self, flag_key: str) -> Collection[str]:
        """Return the keys of the variants that a flag has; none where it is unknown, or a server decides."""
        return self._evaluation.variants(flag_key)

    def on_change(self, listener: Callable[[frozenset[str]], object]) -> Callable[[], None]:
        """Call `listener` with the keys of flags that may answer differently from now on; return what ends that.

        With ``remote`` it is called with none, when an answer has another revision than the one before.
        It is called in the client's thread: be quick. For an event loop, let it call ``loop.call_soon_threadsafe``.
        """
        return self._evaluation.changes.add(listener)

    def on_health(self, listener: Callable[[Health], object]) -> Callable[[], None]:
        """Call `listener` whenever the client is connected, or not any more; return what ends that."""
        return self._evaluation.healths.add(listener)

    def health(self) -> Health:
        """Return what the client knows of itself."""
        if not _same_process[0]:
            fork.heal()
        self._evaluation.start()
        return self._evaluation.health

    @property
    def source(self) -> tuple[str, str]:
        """Project and revision of what is answered from; empty where they are not known."""
        return self._evaluation.source

    def wait_ready(self, timeout: float = READY_SECONDS) -> bool:
        """Wait for the server's ruleset, at most `timeout` seconds; return whether there is any to answer from.

        It may be an older one, of `last_good` or `bootstrap`: `health` says so.
        """
        if not _same_process[0]:
            fork.heal()
        return self._evaluation.wait_ready(timeout)

    async def ready(self, timeout: float = READY_SECONDS) -> bool:
        """Wait as `wait_ready` does, and let the event loop run meanwhile."""
        return await _in_thread(self.wait_ready, timeout)

    def close(self) -> None:
        """Close the stream and keep what is held on disk. Lookups are answered from what is held."""
        self._finalizer()

    def __enter__(self) -> Self:
        self._evaluation.wait_seeded()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return await _in_thread(self.__enter__)

    async def __aexit__(self, *_: object) -> None:
        await _in_thread(self.close)

    def _look(self, flag_key: str, user: User | Mapping[str, Any], default: str | Variant[Any]) -> Variant[Any]:
        """Return what `variant` returns, the long way."""
        try:
            asked = self._asked(user)
            found = self._evaluation.look(flag_key, asked)
            if found is None:
                return self._absent(flag_key, default)
            if self._is_repeat is not None and not self._is_repeat(asked.context, flag_key, found, asked.recent):
                self._expose(flag_key, asked, found)
            if self.counters is not None and not self._is_local:
                self.counters.remember(asked.context, flag_key, found)
            return found
        except Exception as error:  # noqa: BLE001 - business code is not to fail with its flags
            return self._failed(error, flag_key, default)

    def _had(self, flag_key: str, user: User) -> Variant[Any] | None:
        """Return what `user` has of a flag, and expose nobody to it."""
        if self._is_local:
            return self._evaluation.look(flag_key, user, exposes=False)
        return None if self.counters is None else self.counters.last(user.context, flag_key)  # type: ignore[return-value]

    def _expose(self, flag_key: str, user: User, found: Variant[Any]) -> None:
        """Tell of an exposure. What goes wrong with that is logged, and no matter of whoever looks a flag up."""
        try:
            if self.tracking is not None and not takeover.is_active():
                self.tracking.expose(user.context, flag_key, found, self._evaluation)
        except Exception as error:  # noqa: BLE001 - as above
            self._complaints.note(ErrorCode.GENERAL, f"an exposure is lost ({type(error).__name__})", flag_key)

    def _asked(self, user: User | Mapping[str, Any]) -> User:
        """Return whom a lookup is about, in a process that knows what it is."""
        if not _same_process[0]:
            fork.heal()
        asked = user if isinstance(user, User) else User.of(user)
        if asked.fault:
            raise InvalidUserError(asked.fault)
        return asked

    def _absent(self, flag_key: str, default: str | Variant[Any]) -> Variant[Any]:
        error, message = self._evaluation.absence(flag_key)
        if error is None:
            return as_default(default, Reason.DEFAULT)
        return self._complaints.answer(error, message, flag_key, default)

    def _failed(self, error: Exception, flag_key: str, default: str | Variant[Any]) -> Variant[Any]:
        if isinstance(error, LookupFailed):
            return self._complaints.answer(error.code, str(error), flag_key, default)
        if isinstance(error, InvalidUserError):
            return self._complaints.answer(ErrorCode.INVALID_CONTEXT, str(error), flag_key, default)
        message = f"the lookup failed ({type(error).__name__})"
        return self._complaints.answer(ErrorCode.GENERAL, message, flag_key, default)


def _close(evaluation: Evaluation, tracking: Tracking | None) -> None:
    evaluation.close()
    if tracking is not None:
        tracking.close()


async def _in_thread(work: Callable[..., T], *arguments: object) -> T:
    import asyncio  # as above

    return await asyncio.to_thread(work, *arguments)
