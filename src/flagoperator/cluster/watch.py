"""Watch: Kopf, in its own thread and event loop, passing on the events of the API server.

The only file that knows Kopf. Handlers touch nothing but a callback: errors in them would be dropped,
and the next list finds what they miss.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import threading
from typing import TYPE_CHECKING, Any

from flagd.backoff import Backoff
from flagd.manifest import KINDS
from flagd.manifest.model import GROUP, VERSION
from flagd.process.absent import absent
from flagoperator.cluster.heartbeat import Heartbeat
from flagoperator.cluster.kopf_http import Spacing, StartingPoint, open_session
from flagoperator.cluster.reception import Reception, collections
from flagoperator.kubeconfig import CredentialError

with absent("kubernetes"):  # Kopf would know its objects by their types; we have none, and it takes half a second
    import kopf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from flagoperator.kubeconfig import Access, Connection

    Report = Callable[[str, str, dict[str, Any]], None]

log = logging.getLogger(__name__)
STOP_SECONDS = 2.0
RETRY = Backoff(0.5, 8)
"""How long Kopf waits after calls that failed."""
LOGIN_SECONDS = 1.0
"""How long it takes to ask for credentials again where there are none."""


class Watch:
    """One run of Kopf. Started once, stopped once."""

    def __init__(
        self,
        connection: Connection,
        namespaces: Sequence[str],
        since: Callable[[str], str],
        list_soon: Callable[[], None],
        report: Report,
    ) -> None:
        """Watch `namespaces`, or (none given) everything.

        `since` returns the resourceVersion of the last list of a kind: what came after it is watched. Once the
        API server has forgotten that, `list_soon` is called. `report` is called with kind, type of event and
        object; both in the event loop that calls `start`.
        """
        self._connection = connection
        self._namespaces = namespaces
        self._report = report
        self._thread = threading.Thread(target=self._run, name="kopf", daemon=True)
        self._ended = asyncio.Event()
        self._kopf_loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._stopping = False
        self.reception = Reception(collections(namespaces))
        self._pace = self.reception, Spacing(), StartingPoint(since, lambda: self._call(list_soon))
        self._credentials: kopf.AiohttpSession | None = None
        self._access: Access | None = None
        self.heartbeat = Heartbeat()
        """Of Kopf's event loop."""

    async def start(self) -> None:
        """Begin to watch."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def ended(self) -> None:
        """Return once Kopf has ended, asked or not."""
        await self._ended.wait()

    async def stop(self) -> None:
        """Ask Kopf to end, and wait a little; the thread ends with the process if need be."""
        self._stopping = True
        if self._kopf_loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):  # its loop is closed: it has ended by itself
                self._kopf_loop.call_soon_threadsafe(self._stop.set)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._ended.wait()
        except TimeoutError:
            log.debug("kopf is still ending")

    def _run(self) -> None:
        reason = "Kopf returned"
        try:
            asyncio.run(self._operate())
        except BaseException as error:  # noqa: BLE001  # whatever ends Kopf, the watch is restarted, and it is said why
            reason = str(error) or type(error).__name__
        finally:
            if not self._stopping:
                log.warning("the watch ended: %s", reason)
            self._call(self._ended.set)

    async def _operate(self) -> None:
        self._kopf_loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        if self._stopping:
            return
        beating = asyncio.create_task(self.heartbeat.run())
        try:
            await self._watch(self._stop)
        finally:
            beating.cancel()

    async def _watch(self, stop: asyncio.Event) -> None:
        scope: dict[str, Any] = {"namespaces": self._namespaces} if self._namespaces else {"clusterwide": True}
        # Kopf makes an identity of the user's name, which an uid without a passwd entry does not have.
        scope["identity"] = GROUP
        await kopf.operator(registry=self._registry(), settings=_settings(), stop_flag=stop, **scope)

    def _registry(self) -> kopf.OperatorRegistry:
        registry = kopf.OperatorRegistry()
        kopf.on.login(registry=registry)(self._login)
        for kind in KINDS:
            kopf.on.event(GROUP, VERSION, KINDS[kind].plural, registry=registry, id=kind)(self._handler(kind))
        return registry

    def _handler(self, kind: str) -> Callable[..., Any]:
        async def told(event: kopf.RawEvent, **_: Any) -> None:  # noqa: ANN401
            name, obj = event["type"] or "", dict(event["object"])
            self._call(lambda: self._report(kind, name, obj))

        return told

    async def _login(self, **_: Any) -> kopf.AiohttpSession:  # noqa: ANN401
        # Called at the start, and again whenever the API server refuses what was given last. Kopf closes the sessions,
        # and gives up where it is given one again.
        if self._access is not None:
            self._connection.refused(self._access)
        access = await self._find_access()
        if self._credentials is None or access != self._access:
            session = open_session(self._connection, access, *self._pace)
            self._credentials = kopf.AiohttpSession(aiohttp_session=session, server=self._connection.server)
            self._access = access
        return self._credentials

    async def _find_access(self) -> Access:
        while True:
            try:
                return await self._connection.access()
            except CredentialError:  # the lister says so
                await asyncio.sleep(LOGIN_SECONDS)

    def _call(self, what: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the other loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(what)


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.peering.standalone = True  # a Lease decides who leads
    settings.scanning.disabled = True  # no list of CRDs and namespaces: fewer rights
    settings.posting.enabled = False
    settings.watching.connect_timeout = 5
    settings.watching.server_timeout = 5 * 60
    settings.watching.inactivity_timeout = 70  # bookmarks come every 60 s
    settings.networking.connect_timeout = 5
    settings.networking.request_timeout = 30
    settings.networking.error_backoffs = _Backoffs()
    settings.queueing.idle_timeout = 0.5
    settings.process.ultimate_exiting_timeout = None  # else a SIGKILL, and the process is more than Kopf
    # Never used with `on.event`; named all the same, so that nothing is ever written under Kopf's own names.
    settings.persistence.finalizer = f"{GROUP}/finalizer"
    settings.persistence.progress_storage = _NoProgress()
    settings.persistence.diffbase_storage = _NoDiffBase()
    return settings


class _Backoffs:
    """Seconds between attempts, without end: Kopf would stop for one namespace that may not be read any more."""

    def __iter__(self) -> Iterator[float]:
        return map(RETRY.seconds, itertools.count(1))


class _NoProgress(kopf.ProgressStorage):
    """Stores nothing, and so copies nothing: Kopf copies each object for the storages that it has."""

    def fetch(self, **_: Any) -> None:  # noqa: ANN401
        return None

    def store(self, **_: Any) -> None:  # noqa: ANN401
        return None

    def purge(self, **_: Any) -> None:  # noqa: ANN401
        return None

    def touch(self, **_: Any) -> None:  # noqa: ANN401
        return None

    def clear(self, *, essence: kopf.BodyEssence) -> kopf.BodyEssence:
        return essence


class _NoDiffBase(kopf.DiffBaseStorage):
    """Stores nothing."""

    def build(self, **_: Any) -> kopf.BodyEssence:  # noqa: ANN401
        return kopf.BodyEssence({})

    def fetch(self, **_: Any) -> None:  # noqa: ANN401
        return None

    def store(self, **_: Any) -> None:  # noqa: ANN401
        return None
