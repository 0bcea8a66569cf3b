"""Client: asks one Prometheus, within bounds of time, size and number."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp

from flagd.promql import LABEL, QueryError, names_variant, ready_query
from flagoperator.kubeconfig.outage import outage
from flagoperator.prometheus.reading import NoAnswer, Reading, failed, read_answer, read_history
from flagoperator.prometheus.sample import MOST_SERIES, Sample, read_sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BYTES = 64 * 1024
"""Largest answer that is read: one series is far smaller, a thousand are larger."""
MOST_VARIANTS = 10
"""Most variants that a query is asked for one by one."""
_NOT_SENT = "not sent: "


@dataclass(frozen=True, slots=True)
class _Bound:
    """How large an answer of an endpoint may be, and what to do where it is larger."""

    most_bytes: int
    advice: str
    endpoint: str = "query"


_ONE = "the query must give one number, such as sum(…)"
_NUMBER = _Bound(MOST_BYTES, _ONE)
_HISTORY = _Bound(MOST_BYTES, _ONE, "query_range")
_COUNTERS = _Bound(1024 * 1024, f"name fewer series by labels; at most {MOST_SERIES} are read")


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
        return [await self.measure(query, values) for values in _values(query, flag, namespace, variants)]

    async def recall_each(
        self, query: str, flag: str, namespace: str, variants: Sequence[str], ages: Sequence[int]
    ) -> list[list[Reading]]:
        """Return what `query` gave so many seconds ago, for each of `ages`, which are equally far apart."""
        found = [await self.recall(query, values, ages) for values in _values(query, flag, namespace, variants)]
        return [list(readings) for readings in zip(*found, strict=True)]

    async def recall(self, query: str, values: Mapping[str, str], ages: Sequence[int]) -> list[Reading]:
        """Return what `query` gave so many seconds ago, for each of `ages`; never raises."""
        now = int(time.time())
        times = [float(now - age) for age in ages]
        step = max(1.0, (times[-1] - times[0]) / max(1, len(times) - 1))
        form = {"start": repr(times[0]), "end": repr(times[-1]), "step": repr(step)}
        try:
            return read_history(*await self._ask(query, values, form, _HISTORY), times)
        except NoAnswer as error:
            return [failed(str(error))] * len(ages)

    async def measure(self, query: str, values: Mapping[str, str]) -> Reading:
        """Return what `query` gives now, with `values` for its placeholders; never raises."""
        try:
            return read_answer(*await self._ask(query, values, {}, _NUMBER))
        except NoAnswer as error:
            return failed(str(error))

    async def sample(self, query: str, flag: str, namespace: str, at: float | None = None) -> Sample:
        """Return the counters of `query` for a flag, as they are now or were `at`, by the clock of Prometheus.

        Raises:
            NoAnswer: there are none that could be compared.
        """
        form = {} if at is None else {"time": repr(at)}
        return read_sample(*await self._ask(query, {"flag": flag, "namespace": namespace}, form, _COUNTERS))

    async def _ask(
        self, query: str, values: Mapping[str, str], form: Mapping[str, str], bound: _Bound
    ) -> tuple[int, bytes]:
        """Return status and body of the answer. Raises NoAnswer where there is none within the bounds."""
        try:
            text = ready_query(query, self._settings.label, values)
        except QueryError as error:
            raise NoAnswer(f"{_NOT_SENT}{error}") from None
        async with self._turns:
            self.in_flight += 1
            try:
                return await self._post({**form, "query": text, "timeout": f"{self._settings.seconds:g}s"}, bound)
            finally:
                self.in_flight -= 1

    async def _post(self, form: Mapping[str, str], bound: _Bound) -> tuple[int, bytes]:
        url = f"{self._settings.url.rstrip('/')}/api/v1/{bound.endpoint}"
        try:
            # No redirect is followed: the operator asks the configured server and no other.
            async with self._session.post(url, data=form, allow_redirects=False) as response:
                body = await _read(response.content, bound.most_bytes)
        except TimeoutError:
            raise NoAnswer(f"no answer within {self._settings.seconds:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NoAnswer(f"Prometheus cannot be asked: {outage(error)}") from None
        if body is None:
            raise NoAnswer(f"the answer has more than {bound.most_bytes} bytes; {bound.advice}")
        return response.status, body


def _values(query: str, flag: str, namespace: str, variants: Sequence[str]) -> list[dict[str, str]]:
    """Return the values of the placeholders for each time that `query` is asked."""
    each_variant = variants[:MOST_VARIANTS] if names_variant(query) else [""]
    return [{"flag": flag, "namespace": namespace, "variant": each} for each in each_variant or [""]]


async def _read(content: aiohttp.StreamReader, most: int) -> bytes | None:
    """Return all of `content`; None where it has more than `most` bytes."""
    body = bytearray()
    async for part in content.iter_chunked(most):
        body += part
        if len(body) > most:
            return None
    return bytes(body)
