"""Form: the fields of a request's body, bounded."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.requests import Request

LARGEST = 4 * 1024 * 1024
"""Bytes of a body: a manifest of 1 MiB takes up to three times as much in a form."""
MOST_FIELDS = 5_000
_FORM = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of the body; of several with one name the last.

    Raises:
        HTTPException: it is not a form, is too large, or has too many fields.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send a form: Content-Type: {_FORM}")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a form may have {LARGEST:,} bytes")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
    except ValueError:
        wrong = f"the form is not UTF-8, or has more than {MOST_FIELDS} fields"
        raise HTTPException(HTTPStatus.BAD_REQUEST, wrong) from None
