"""Api: calls to the API server, as JSON, with bounded time and number."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

import aiohttp
import orjson

from flagoperator.cluster.debris import Debris
from flagoperator.kubeconfig import CredentialError
from flagoperator.kubeconfig.outage import outage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from flagoperator.kubeconfig import Access, Connection

JSON = "application/json"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
"""What is accepted where the metadata of an object, or of those of a list, is enough: half of the bytes or less."""
APPLY = "application/apply-patch+yaml"
MERGE = "application/merge-patch+json"
REQUEST_SECONDS = 30.0
CONNECT_SECONDS = 5.0
GRACE_SECONDS = 10.0
"""How much later than the time that was asked for an answer may end."""
CONNECTIONS = 16
UNAUTHORIZED = 401

Object = dict[str, Any]


class ApiError(Exception):
    """The API server refused, or could not be asked.

    Attributes:
        status: HTTP status; 0 where there was no answer.
        reason: Kubernetes' word for it, such as ``Conflict``; empty where there was no answer.
    """

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Api:
    """A client for one API server. Used inside ``async with``."""

    def __init__(self, connection: Connection, connections: int = CONNECTIONS) -> None:
        self._connection = connection
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None
        self.refused_since: float | None = None
        """Since when nothing but `UNAUTHORIZED` was answered, in seconds of the monotonic clock; None = it was not."""

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=self._connections)
        timeout = aiohttp.ClientTimeout(total=REQUEST_SECONDS, sock_connect=CONNECT_SECONDS)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=timeout, trust_env=False, trace_configs=[Debris().trace()]
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    def over(self, connection: Connection) -> Api:
        """Return a client for another connection that shares the sockets of this one; it lives as long as this does."""
        other = Api(connection)
        other._session = self._session
        return other

    async def authorization(self) -> str:
        """Return the Authorization header that says who we are; empty where something else does. Raises ApiError."""
        try:
            headers = {name.lower(): value for name, value in (await self._connection.access()).headers}
        except CredentialError as error:
            raise ApiError(0, "", str(error)) from error
        acts_as_another = any(name.startswith("impersonate-") for name in headers)
        return "" if acts_as_another else headers.get("authorization", "")

    async def get(self, path: str, *, accept: str = JSON, **query: str) -> Object:
        """Return what is at `path`, in the form `accept`. Raises ApiError, as all of these do."""
        return await self._call("GET", path, query, headers={"Accept": accept})

    async def create(self, path: str, obj: Object, *, seconds: float = REQUEST_SECONDS) -> Object:
        """Create `obj` in the collection `path`; return it as it is now."""
        return await self._call("POST", path, {}, obj, seconds=seconds)

    async def replace(self, path: str, obj: Object, *, seconds: float = REQUEST_SECONDS) -> Object:
        """Put `obj` at `path`; a resourceVersion in it must be the present one, else reason is Conflict."""
        return await self._call("PUT", path, {}, obj, seconds=seconds)

    async def apply(
        self, path: str, obj: Object, manager: str, *, force: bool = True, field_validation: str = "Warn"
    ) -> Object:
        """Apply `obj` on the server's side as field manager `manager`; `force` takes fields that others own.

        `field_validation` says what the API server does about fields that the schema does not know: ``Ignore``
        saves it from reading `obj` twice.
        """
        query = {
            "fieldManager": manager,
            "force": "true" if force else "false",
            "fieldValidation": field_validation,
        }
        return await self._call("PATCH", path, query, obj, headers={"Content-Type": APPLY})

    async def merge(self, path: str, obj: Object, manager: str) -> Object:
        """Merge `obj` into what is at `path`, as field manager `manager`."""
        return await self._call("PATCH", path, {"fieldManager": manager}, obj, headers={"Content-Type": MERGE})

    async def stream(self, path: str, seconds: float, **query: str) -> AsyncIterator[Object]:
        """Yield what a watch of `path` says, for `seconds` at most. Raises ApiError."""
        call = f"GET {path}"
        access = await self._connection.access()
        query |= {"timeoutSeconds": str(int(seconds))}
        try:
            async with self._asked(access, "GET", path, query, {"Accept": JSON}, None, seconds) as response:
                if response.status != HTTPStatus.OK:
                    _decode(call, response.status, await response.read())
                async for line in _lines(response.content):
                    yield _decode(call, HTTPStatus.OK, line)
        except CredentialError as error:
            raise ApiError(0, "", str(error)) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ApiError(0, "", f"{call}: {outage(error)}") from error

    async def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        obj: Object | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        seconds: float = REQUEST_SECONDS,
    ) -> Object:
        call = f"{method} {path}"
        sent = {"Accept": JSON, "Content-Type": JSON, **(headers or {})}
        body = None if obj is None else orjson.dumps(obj)
        try:
            async with asyncio.timeout(seconds):
                status, data = await self._send(method, path, query, sent, body)
        except CredentialError as error:
            raise ApiError(0, "", str(error)) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ApiError(0, "", f"{call}: {outage(error)}") from error
        if status == UNAUTHORIZED:
            self.refused_since = self.refused_since or time.monotonic()
        else:
            self.refused_since = None
        return _decode(call, status, data)

    async def _send(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes | None
    ) -> tuple[int, bytes]:
        """Return status and body of the answer; credentials that are refused are read again once."""
        access = await self._connection.access()
        answer = await self._request(access, method, path, query, headers, body)
        if answer[0] != UNAUTHORIZED:
            return answer
        self._connection.refused(access)
        again = await self._connection.access()
        if again == access:
            return answer
        return await self._request(again, method, path, query, headers, body)

    async def _request(
        self,
        access: Access,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes | None,
    ) -> tuple[int, bytes]:
        async with self._asked(access, method, path, query, headers, body) as response:
            return response.status, await response.read()

    def _asked(
        self,
        access: Access,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float = REQUEST_SECONDS,
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        if self._session is None:
            raise RuntimeError("the client is used outside of its context")
        connection = self._connection
        return self._session.request(
            method,
            connection.server + path,
            params=query,
            data=body,
            headers=[*headers.items(), *access.headers],
            ssl=access.tls,
            proxy=connection.proxy,
            server_hostname=connection.server_name,
            timeout=aiohttp.ClientTimeout(total=seconds + GRACE_SECONDS, sock_connect=CONNECT_SECONDS),
        )


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of `content`, of any length; the last one only if it is whole."""
    partial = bytearray()
    async for piece in content.iter_any():
        partial += piece
        *lines, rest = partial.split(b"\n")
        for line in lines:
            if line:
                yield bytes(line)
        partial = bytearray(rest)


def _decode(call: str, status: int, data: bytes) -> Object:
    try:
        obj = orjson.loads(data)
    except orjson.JSONDecodeError:
        obj = {}
    if not isinstance(obj, dict):
        obj = {}
    if status >= 400 or not obj:
        raise ApiError(status, str(obj.get("reason", "")), f"{call}: {obj.get('message') or f'HTTP {status}'}")
    return obj
