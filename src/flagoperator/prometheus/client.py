"""Client: asks one Prometheus, within bounds of time, size and number."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from flagd.promql import LABEL, QueryError, names_variant, ready_query
from flagoperator.prometheus.reading import Reading, failed, read_answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BYTES = 64 * 1024
"""Largest answer that is read: one series is far smaller, a thousand are larger."""
MOST_VARIANTS = 10
"""Most variants that a query is asked for one by one."""
_NOT_SENT = "not sent: "


@dataclass(frozen=True, slots=True)
class Settings:
    """Which Prometheus, and how it may be asked.

    Attributes:
        url: its address with the path before ``/api/v1``, such as ``http://prometheus.monitoring:9090``.
        label: the label that holds the namespace, forced on every selector; None = queries may read everything.
        seconds: longest time for a query, in Prometheus and on the way together.
        in_flight: most queries at a time; others wait for their turn.
    """

    url: str
    label: str | None = LABEL
    seconds: float = 10.0
    in_flight: int = 4


class Prometheus:
    """One Prometheus. `close` it at the end."""

    def __init__(self, settings: Settings) -> None:
        """To be made in the event loop that asks."""
        self._settings = settings
        self._turns = asyncio.Semaphore(settings.in_flight)
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=settings.seconds))
        self.in_flight = 0
        """Queries on their way now."""

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def measure_each(self, query: str, flag: str, namespace: str, variants: Sequence[str]) -> list[Reading]:
        """Return what `query` gives for a flag; one that names {{variant}} is asked for each of `variants`."""
        each_variant = variants[:MOST_VARIANTS] if names_variant(query) else ()
        values = {"flag": flag, "namespace": namespace}
        return [await self.measure(query, values | {"variant": variant}) for variant in each_variant or [""]]

    async def measure(self, query: str, values: Mapping[str, str]) -> Reading:
        """Return what `query` gives now, with `values` for its placeholders; never raises."""
        try:
            text = ready_query(query, self._settings.label, values)
        except QueryError as error:
            return failed(f"{_NOT_SENT}{error}")
        async with self._turns:
            self.in_flight += 1
            try:
                return await self._ask(text)
            finally:
                self.in_flight -= 1

    async def _ask(self, query: str) -> Reading:
        url = f"{self._settings.url.rstrip('/')}/api/v1/query"
        form = {"query": query, "timeout": f"{self._settings.seconds:g}s"}
        try:
            # No redirect is followed: the operator asks the server that it was told of and no other.
            async with self._session.post(url, data=form, allow_redirects=False) as response:
                body = await _read(response.content)
        except TimeoutError:
            return failed(f"no answer within {self._settings.seconds:g} s")
        except (aiohttp.ClientError, OSError) as error:
            return failed(f"Prometheus cannot be asked: {error or type(error).__name__}")
        if body is None:
            return failed(
                f"the answer has more than {MOST_BYTES} bytes; the query must give one number, such as sum(…)"
            )
        return read_answer(response.status, body)


async def _read(content: aiohttp.StreamReader) -> bytes | None:
    """Return all of `content`; None where that is too much."""
    body = bytearray()
    async for part in content.iter_chunked(MOST_BYTES):
        body += part
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)
