"""HTTP requests, as the ASGI front hands them to routes."""

import json
from base64 import urlsafe_b64encode

from flagd.rpc.route import Request


def request(*, tail="", query="", body=b"", **headers):
    """Return a request; of headers, ``_`` stands for ``-``. A body that is no bytes is sent as JSON."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("POST" if body else "GET", f"/{tail}", tail, query, fields, text)


def base64url(value):
    """Return JSON as Amplitude's SDKs put it into headers."""
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
