"""Port: GET /v1/serving, over HTTPS or on loopback: callers show tokens that are worth more than what they ask for."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson

from flagd.process.management import JSON, Management, Page
from flagoperator.run.serving.door import Door, DoorError

if TYPE_CHECKING:
    from flagd.process.management import Request
    from flagd.rpc.transport import TlsFiles
    from flagoperator.cluster.api import Api
    from flagoperator.run.serving.account import Account

PATH = "/v1/serving"


class Port:
    """Listens once it is started."""

    def __init__(self, address: str, tls: TlsFiles | None, api: Api, account: Account) -> None:
        self._server = Management({}, address, {PATH: self._answer}, tls)
        self._door = Door(api)
        self._account = account

    @property
    def address(self) -> str:
        """``host:port`` that is listened on."""
        return self._server.address

    async def start(self) -> None:
        """Listen. Raises OSError when the address cannot be had, or the certificate cannot be used."""
        await self._server.start()

    async def stop(self) -> None:
        """Listen no more."""
        await self._server.stop()

    async def run(self) -> None:
        """Follow the files of the certificate; until cancelled."""
        await self._server.run()

    async def _answer(self, request: Request) -> Page:
        namespace, flag = (request.query.get(name, "") for name in ("namespace", "flag"))
        try:
            await self._door.check(request.authorization, namespace)
        except DoorError as error:
            return Page(error.status, JSON, orjson.dumps({"error": str(error)}))
        found = self._account.of(namespace, flag) if namespace else self._account.overview()
        return Page(HTTPStatus.OK, JSON, orjson.dumps(found))
