"""Definitions: reports CRDs that are older than the operator: helm does not upgrade them by itself."""

from __future__ import annotations

import asyncio
import logging
from importlib.metadata import version
from typing import TYPE_CHECKING

from flagoperator.cluster.api import ApiError
from flagoperator.cluster.definitions import definition_releases, is_older

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagoperator.cluster.api import Api
    from flagoperator.run.monitoring.metrics import OperatorMetrics

log = logging.getLogger(__name__)
PERIOD_SECONDS = 60.0
FORBIDDEN = 403


class Definitions:
    """Looks every minute; says what changed."""

    def __init__(self, api: Api, metrics: OperatorMetrics, own: str = "") -> None:
        """`own` is the release of this operator; that of the package without it."""
        self._api = api
        self._metrics = metrics
        self._own = own or version("flagoperator")
        self._told = ""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(PERIOD_SECONDS)

    async def look(self) -> None:
        """Compare the releases of the CRDs with one's own."""
        try:
            found = await definition_releases(self._api)
        except ApiError as error:
            self._metrics.crds_outdated = None
            if error.status == FORBIDDEN:
                self._tell(logging.INFO, f"cannot tell whether the CRDs are of this release: {error}")
            return  # the lister says so when the API server is away
        outdated = {name: release for name, release in found.items() if is_older(release, self._own)}
        self._metrics.crds_outdated = len(outdated)
        if outdated:
            self._tell(logging.WARNING, self._advice(outdated))
        self._told = self._told if outdated else ""

    def _advice(self, outdated: Mapping[str, str]) -> str:
        told = ", ".join(f"{name} ({release or 'no release'})" for name, release in sorted(outdated.items()))
        return (
            f"CRDs older than this operator, {self._own}: {told}. Fields that they do not know are dropped by the "
            "API server; apply those of this release: flagctl crds | kubectl apply --server-side -f -"
        )

    def _tell(self, level: int, text: str) -> None:
        if text != self._told:
            self._told = text
            log.log(level, "%s", text)
