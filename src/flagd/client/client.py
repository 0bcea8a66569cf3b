"""FlagClient: asks flags, in this process or at a server, and never raises into the code that asks."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from flagd.client import fork
from flagd.client.complaints import Complaints, as_default
from flagd.client.endpoint import Endpoint
from flagd.client.local import LocalEvaluation
from flagd.client.seed import Seed
from flagd.client.user import InvalidUserError, User
from flagd.client.variant import ErrorCode, Variant
from flagd.engine.variant import Reason
from flagd.last_good.file import LastGoodFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flagd.client.health import Health
    from flagd.client.seed import Bootstrap

P = TypeVar("P")
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
        bootstrap: Bootstrap | None = None,
        last_good: Path | str | None = None,
        ca: Path | str | None = None,
        insecure: bool = False,
    ) -> None:
        """Begin to follow the server, in a thread, and return at once.

        Args:
            url: ``https://HOST:PORT`` or ``http://HOST:PORT`` of flagd's evaluation port; None = there is no server.
            key: deployment key, of type Server.
            project: whose flags are asked; empty = that of the key, or else the server's default.
            bootstrap: what is answered from at first: a file that ``flagctl compile`` wrote or that `last_good` named
                elsewhere, or the list of flags itself.
            last_good: file in which the last good ruleset is kept, for the next start.
            ca: PEM file with the CA certificates to trust; None = those of the system.
            insecure: whether the key may be sent without TLS beyond this machine.

        Raises:
            ValueError: an argument is wrong; the message says which, and what would be right.
        """
        endpoint = None if url is None else Endpoint.parse(url, key, _path(ca), insecure=insecure)
        if endpoint is None and bootstrap is None and last_good is None:
            raise ValueError("url: needed, where there is neither bootstrap nor last_good to answer from")
        kept = None if last_good is None else LastGoodFile(Path(last_good).absolute().parent, Path(last_good).name)
        self._evaluation = LocalEvaluation(endpoint, Seed(project, kept, bootstrap))
        self._complaints = Complaints()
        self._finalizer = weakref.finalize(self, self._evaluation.close)
        self._evaluation.start()

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
                return table.told[table.answers[flag_key](user.context, _NO_RESULTS)]  # type: ignore[union-attr]
        except Exception:  # noqa: BLE001 - be it the flag, the outcome or a User that is not there, it is found out below
            return self._look(flag_key, user, default)
        return self._look(flag_key, user, default)

    def all(self, user: User | Mapping[str, Any]) -> dict[str, Variant[Any]]:
        """Return what `user` gets of all flags, by key; those that decide nothing for the user are not in it.

        Never raises; what went wrong stands in the log.
        """
        try:
            return self._evaluation.all(self._asked(user))
        except Exception as error:  # noqa: BLE001 - as above
            self._failed(error, "", "off")
            return {}

    def on_change(self, listener: Callable[[frozenset[str]], object]) -> Callable[[], None]:
        """Call `listener` with the keys of flags that may answer differently from now on; return what ends that.

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

    def wait_ready(self, timeout: float = READY_SECONDS) -> bool:
        """Wait for the server's ruleset, at most `timeout` seconds; return whether there is any to answer from.

        It may be an older one, of `last_good` or `bootstrap`: `health` says so.
        """
        if not _same_process[0]:
            fork.heal()
        return self._evaluation.wait_ready(timeout)

    async def ready(self, timeout: float = READY_SECONDS) -> bool:
        """Wait as `wait_ready` does, and let the event loop run meanwhile."""
        import asyncio

        return await asyncio.to_thread(self.wait_ready, timeout)

    def close(self) -> None:
        """Close the stream and keep what is held on disk. Lookups are answered from what is held."""
        self._finalizer()

    def __enter__(self) -> Self:
        self._evaluation.wait_begun()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        import asyncio

        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(self, *_: object) -> None:
        import asyncio

        await asyncio.to_thread(self.close)

    def _look(self, flag_key: str, user: User | Mapping[str, Any], default: str | Variant[Any]) -> Variant[Any]:
        """Return what `variant` returns, the long way."""
        try:
            found = self._evaluation.look(flag_key, self._asked(user))
            return self._absent(flag_key, default) if found is None else found
        except Exception as error:  # noqa: BLE001 - business code is not to fail with its flags
            return self._failed(error, flag_key, default)

    def _asked(self, user: User | Mapping[str, Any]) -> User:
        """Return whom a lookup is about, in a process that knows what it is."""
        if not _same_process[0]:
            fork.heal()
        return user if isinstance(user, User) else User.of(user)

    def _absent(self, flag_key: str, default: str | Variant[Any]) -> Variant[Any]:
        error, message = self._evaluation.absence(flag_key)
        if error is None:
            return as_default(default, Reason.DEFAULT)
        return self._complaints.answer(error, message, flag_key, default)

    def _failed(self, error: Exception, flag_key: str, default: str | Variant[Any]) -> Variant[Any]:
        if isinstance(error, InvalidUserError):
            return self._complaints.answer(ErrorCode.INVALID_CONTEXT, str(error), flag_key, default)
        message = f"the lookup failed ({type(error).__name__})"
        return self._complaints.answer(ErrorCode.GENERAL, message, flag_key, default)


def _path(path: Path | str | None) -> Path | None:
    return None if path is None else Path(path)
