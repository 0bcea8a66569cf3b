"""Question: what a request for variants asks: about whom, and which flags."""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.api.amplitude.user import user_context
from flagd.rpc.limits import check_flag_keys
from flagd.rpc.plain import read_json
from flagd.rpc.query import parameters
from flagd.rpc.shape import an_object
from flagd.rpc.status import InvalidArgument
from flagd.tracking.telling import Telling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.rpc.route import Request

_USER_HEADER = "x-amp-exp-user"
_KEYS_HEADER = "x-amp-exp-flag-keys"
_KEYS_IN_QUERY = ("flag_key", "flag_keys")
_MODES = ("remote", "local")


@dataclass(frozen=True, slots=True)
class Question:
    """One request for variants.

    Attributes:
        context: the user, as the engine's context.
        flag_keys: the flags asked for; empty = all.
        mode: ``remote`` or ``local``: only flags of this evaluation mode; "" = all.
        telling: what the SDK wants told of the answer; None = it says nothing of that.
    """

    context: dict[str, Any]
    flag_keys: Sequence[str]
    mode: str = ""
    telling: Telling | None = None


def read_question(request: Request) -> Question:
    """Read ``/sdk/v2/vardata``: the user in a header (base64url) or in the body.

    Raises:
        InvalidArgument: what is wrong with it, by header, parameter or field.
    """
    query = parameters(request.query)
    encoded = request.headers.get(_USER_HEADER)
    user = _decoded(encoded, _USER_HEADER) if encoded else _parsed(request.body or b"{}", "body")
    mode = query.get("eval_mode", "")
    if mode and mode not in _MODES:
        raise InvalidArgument("eval_mode: must be remote or local")
    context = user_context(an_object(user, "user"))
    return Question(context, _flag_keys(request, query), mode, _telling(request.headers))


def read_legacy_question(request: Request) -> Question:
    """Read ``/v1/vardata``: ``user_id``, ``device_id`` and, as JSON, the rest of the user in ``context``.

    Raises:
        InvalidArgument: what is wrong with it, by parameter or field.
    """
    query = parameters(request.query)
    user = an_object(_parsed(query.get("context", "{}").encode(), "context"), "context")
    named: dict[str, Any] = {name: query[name] for name in ("user_id", "device_id") if name in query}
    return Question(user_context({**user, **named}), _flag_keys(request, query))


def _telling(headers: Mapping[str, str]) -> Telling:
    assignment = headers.get("x-amp-exp-track", "track") == "track"
    return Telling(exposures=headers.get("x-amp-exp-exposure-track") == "track", assignment=assignment)


def _flag_keys(request: Request, query: dict[str, str]) -> list[str]:
    if encoded := request.headers.get(_KEYS_HEADER):
        keys = _decoded(encoded, _KEYS_HEADER)
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise InvalidArgument(f"{_KEYS_HEADER}: must be a list of strings")
        return check_flag_keys(keys)
    texts = ",".join(query.get(name, "") for name in _KEYS_IN_QUERY).split(",")
    return check_flag_keys(filter(None, (text.strip() for text in texts)))


def _decoded(text: str, what: str) -> Any:  # noqa: ANN401
    # Python's SDK leaves the padding out.
    bare = text.rstrip("=")
    try:
        data = b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise InvalidArgument(f"{what}: must be base64url") from None
    return _parsed(data, what)


def _parsed(text: bytes, what: str) -> Any:  # noqa: ANN401
    return read_json(text, what)
