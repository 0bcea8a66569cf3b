"""Listener: the public port as Envoy's configuration: protocols, limits, filters.

Fields: https://www.envoyproxy.io/docs/envoy/v1.39.0/api-v3/config/listener/v3/listener.proto
"""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.transport.envoy.access_log import access_log
from flagd.transport.envoy.known_path import OTHER, PATHS, USUAL_METHOD, name
from flagd.transport.envoy.secret import tls_socket

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.rpc.transport import TlsFiles
    from flagd.transport.envoy.tracing import Tracing

NAME = "public"
_TYPE = "type.googleapis.com/envoy.extensions.filters"

MAX_CONCURRENT_STREAMS = 256
"""Streams per HTTP/2 connection: a brake on floods, above what one client process uses."""

MAX_HEADER_KIB = 60
"""Amplitude's SDK for Node sends the user in a header: 20 KB of properties are 27 KB there."""
MAX_HEADER_COUNT = 100

HEADERS_TIMEOUT = "5s"
"""From the first byte of a request to the end of its headers; also for the TLS handshake."""

REQUEST_TIMEOUT = "10s"
"""From the start of a request to its last byte or the start of the answer, whichever is first."""

FLUSH_TIMEOUT = "30s"
"""How long an answer that is complete may wait for a caller that doesn't read it."""

IDLE_TIMEOUT = "600s"
"""A connection without any stream is closed after this."""

CONNECTION_AGE = "300s"
"""After this a connection gets GOAWAY, so that callers find new replicas; its streams go on."""

BUFFER_LIMIT = 2 * 1024 * 1024
"""Bytes per connection, twice the largest message: Envoy answers 413 to a body that exceeds it."""

STREAM_WINDOW = 256 * 1024
CONNECTION_WINDOW = 1024 * 1024
"""HTTP/2 flow control, bytes that a caller may send ahead of the app; Envoy's own defaults are 16 and 24 MiB."""


_HEX = "[0-9A-Fa-f]"
_NEXT = f"%[89ABab]{_HEX}"
_ONE = f"%[0-7]{_HEX}"
_TWO = f"%(?:[Cc][2-9A-Fa-f]|[Dd]{_HEX})"
_THREE = f"%[Ee](?:0%[ABab]{_HEX}|[1-9A-CEFa-cef]{_NEXT}|[Dd]%[89]{_HEX})"
_FOUR = f"%[Ff](?:0%[9ABab]{_HEX}|[1-3]{_NEXT}|4%8{_HEX})"
UTF8_PATH = f"(?:[^%]|{_ONE}|(?:{_TWO}|{_THREE}|{_FOUR}{_NEXT}){_NEXT})*"
"""Paths whose percent-encoding is UTF-8 (RFC 3629). pyvoy 1.3 never answers any other."""

_WEB = "envoy.filters.http.grpc_web"
_FROM_WEB = {"name": "content-type", "string_match": {"prefix": "application/grpc-web"}}
_ROUTE_FILTER = "type.googleapis.com/envoy.config.route.v3.FilterConfig"
_RBAC = f"{_TYPE}.http.rbac.v3.RBAC"
_PATH_RULES = {
    "rules": {
        "action": "ALLOW",
        "policies": {
            "utf8": {
                "permissions": [{"url_path": {"path": {"safe_regex": {"regex": UTF8_PATH}}}}],
                "principals": [{"any": True}],
            }
        },
    }
}

_PATH_REFUSED = {
    "status_code_filter": {"comparison": {"op": "EQ", "value": {"default_value": 403, "runtime_key": "path_refused"}}}
}
_BELOW_OFREP = {"header_filter": {"header": {"name": ":path", "string_match": {"prefix": "/ofrep/"}}}}
_NOT_UTF8 = "the path is not valid UTF-8"
_REFUSED_PATH = {
    "mappers": [
        {
            "filter": {"and_filter": {"filters": [_PATH_REFUSED, _BELOW_OFREP]}},
            "status_code": 400,
            "body_format_override": {"json_format": {"errorCode": "GENERAL", "errorDetails": _NOT_UTF8}},
        },
        {
            "filter": _PATH_REFUSED,
            "status_code": 400,
            "body_format_override": {"json_format": {"code": "invalid_argument", "message": _NOT_UTF8}},
        },
    ]
}
"""Only the path filter answers 403 in Envoy; it means 400."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What the public port is.

    Attributes:
        host: address to listen on.
        port: 0 = any free one.
        app: ASGI application inside Envoy, ``module:attribute``.
        tls: PEM files; None = plaintext.
        secrets: directory for the files that tell Envoy where those are; written by ``secret.write_secrets``.
        cors_origins: web origins that browsers may call from; ``*`` = all.
        tracing: where spans of calls go; None = there are none.
        access_log: file for a line for each call, ``-`` = standard output; None = there is none.
    """

    host: str
    port: int
    app: str
    tls: TlsFiles | None
    secrets: Path
    cors_origins: tuple[str, ...] = ()
    tracing: Tracing | None = None
    access_log: str | None = None

    def config(self) -> dict[str, Any]:
        """Return Envoy's ``Listener``."""
        chain: dict[str, Any] = {"filters": [{"name": "http", "typed_config": self._connection_manager()}]}
        if self.tls is not None:
            chain["transport_socket_connect_timeout"] = HEADERS_TIMEOUT
            chain["transport_socket"] = tls_socket(self.tls, self.secrets)
        return {
            "name": NAME,
            "address": {
                "socket_address": {"address": self.host, "port_value": self.port, "ipv4_compat": self.host == "::"}
            },
            # Off: a second instance on the port must fail, not take half of the connections.
            "enable_reuse_port": False,
            "per_connection_buffer_limit_bytes": BUFFER_LIMIT,
            "filter_chains": [chain],
        }

    def _connection_manager(self) -> dict[str, Any]:
        return {
            "@type": f"{_TYPE}.network.http_connection_manager.v3.HttpConnectionManager",
            "codec_type": "AUTO",
            "stat_prefix": NAME,
            "generate_request_id": False,
            "server_header_transformation": "PASS_THROUGH",
            "max_request_headers_kb": MAX_HEADER_KIB,
            # Base addresses that end in a slash make paths that begin with two.
            "merge_slashes": True,
            # Proxies that speak HTTP/1.0 to us, as nginx does by default; some send no host.
            "http_protocol_options": {"accept_http_10": True, "default_host_for_http_10": "flagd"},
            "request_headers_timeout": HEADERS_TIMEOUT,
            "request_timeout": REQUEST_TIMEOUT,
            # 0 = off: event streams are silent for as long as nothing changes.
            "stream_idle_timeout": "0s",
            "stream_flush_timeout": FLUSH_TIMEOUT,
            "common_http_protocol_options": {
                "idle_timeout": IDLE_TIMEOUT,
                "max_connection_duration": CONNECTION_AGE,
                "max_headers_count": MAX_HEADER_COUNT,
            },
            "http2_protocol_options": {
                "max_concurrent_streams": MAX_CONCURRENT_STREAMS,
                "initial_stream_window_size": STREAM_WINDOW,
                "initial_connection_window_size": CONNECTION_WINDOW,
                "connection_keepalive": {"interval": "30s", "timeout": "10s"},
            },
            "route_config": {"virtual_hosts": [self._host()]},
            "http_filters": [*self._cors_filters(), _path_filter(), _web_filter(), self._app_filter()],
            "local_reply_config": _REFUSED_PATH,
            **self._peer(),
            **({} if self.tracing is None else self.tracing.manager()),
            **({} if self.access_log is None else {"access_log": access_log(self.access_log)}),
        }

    def _host(self) -> dict[str, Any]:
        # Names of routes are for whoever tells of calls; without that a call has two routes to be compared with.
        told = self.tracing is not None or self.access_log is not None
        known = [route for path in PATHS for route in self._routes(path, name(path))] if told else []
        strange = [_strange(route) for route in self._routes("/", OTHER)] if told else []
        return {"name": NAME, "domains": ["*"], "routes": [*strange, *known, *self._routes("/", OTHER)]}

    def _routes(self, path: str, called: str) -> list[dict[str, Any]]:
        cors = {"envoy.filters.http.cors": self._cors_policy()} if self.cors_origins else {}
        escaped = {"name": ":path", "string_match": {"contains": "%"}}
        where = {"prefix": path} if path.endswith("/") else {"path": path}
        route = {"name": called, "non_forwarding_action": {}}
        web = cors | {_WEB: {"@type": _ROUTE_FILTER, "config": {}}}
        checked = web | {"envoy.filters.http.rbac": {"@type": f"{_RBAC}PerRoute", "rbac": _PATH_RULES}}
        return [
            # Filters are turned on only where they have something to do: each costs each call a twentieth.
            route | {"match": where | {"headers": [escaped]}, "typed_per_filter_config": checked},
            route | {"match": where | {"headers": [_FROM_WEB]}, "typed_per_filter_config": web},
            route | {"match": where | {"headers": []}, "typed_per_filter_config": cors},
        ]

    def _cors_filters(self) -> list[dict[str, Any]]:
        return [_filter("cors", "Cors")] if self.cors_origins else []

    def _cors_policy(self) -> dict[str, Any]:
        origins = [{"prefix": ""} if origin == "*" else {"exact": origin} for origin in self.cors_origins]
        return {
            "@type": f"{_TYPE}.http.cors.v3.CorsPolicy",
            "allow_origin_string_match": origins,
            "allow_methods": "GET, POST",
            "allow_headers": "*, authorization",
            "expose_headers": "grpc-status, grpc-message, etag",
            "max_age": "7200",
        }

    def _peer(self) -> dict[str, Any]:
        """Return how callers with a certificate are named to the app; what a caller says of itself is dropped."""
        if self.tls is None or self.tls.client_ca is None:
            return {"forward_client_cert_details": "SANITIZE"}
        return {
            "forward_client_cert_details": "SANITIZE_SET",
            "set_current_client_cert_details": {"subject": True, "uri": True, "dns": True},
        }

    def _app_filter(self) -> dict[str, Any]:
        config = {"app": self.app, "interface": "asgi", "root_path": "", "worker_threads": 1, "lifespan": True}
        return {
            "name": "app",
            "typed_config": {
                "@type": f"{_TYPE}.http.dynamic_modules.v3.DynamicModuleFilter",
                "dynamic_module_config": {"module": {"local": {"filename": module_path()}}},
                "filter_name": "pyvoy",
                "terminal_filter": True,
                "filter_config": {
                    "@type": "type.googleapis.com/google.protobuf.StringValue",
                    "value": json.dumps(config),
                },
            },
        }


def module_path() -> str:
    """Return the file of pyvoy's module for Envoy; raises ModuleNotFoundError where pyvoy is not installed."""
    spec = importlib.util.find_spec("pyvoy._pyvoy")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pyvoy is not installed")
    return spec.origin


def _strange(route: dict[str, Any]) -> dict[str, Any]:
    """Return `route` for calls with an unusual method, whose spans would have it in their name."""
    headers = [*route["match"]["headers"], USUAL_METHOD | {"invert_match": True}]
    return route | {"match": route["match"] | {"headers": headers}, "tracing": {"operation": OTHER}}


def _path_filter() -> dict[str, Any]:
    """Return the filter that refuses paths; a route must turn it on."""
    rbac = {"name": "envoy.filters.http.rbac", "typed_config": {"@type": _RBAC, **_PATH_RULES}}
    return {**rbac, "disabled": True}


def _web_filter() -> dict[str, Any]:
    """Return the filter that speaks gRPC-Web; a route must turn it on."""
    return {**_filter("grpc_web", "GrpcWeb"), "disabled": True}


def _filter(name: str, message: str) -> dict[str, Any]:
    return {
        "name": f"envoy.filters.http.{name}",
        "typed_config": {"@type": f"{_TYPE}.http.{name}.v3.{message}"},
    }
