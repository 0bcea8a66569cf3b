"""Vardata: which variants a user gets, as Amplitude's SDKs for remote evaluation read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import orjson

from flagd.api.amplitude.question import read_legacy_question, read_question
from flagd.rpc.method import Call
from flagd.rpc.plain import write_json
from flagd.rpc.route import Response
from flagd.ruleset import canonical_json
from flagd.ruleset.flag import RETAINED
from flagd.value_type import is_float

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flagd.api.access import Access
    from flagd.engine import Variant
    from flagd.rpc.route import Request


class Vardata:
    """Answers ``/sdk/v2/vardata`` and ``/v1/vardata``."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._seen = _Encoded(_form)
        self._unseen = _Encoded(_undeployed_form)
        self._legacy = _Encoded(_legacy_form)

    async def answer(self, request: Request) -> Response:
        """Return every flag that the key opens, those that are off too.

        Callers without a key also get the flags and groups that these depend on. A group says ``deployed: false``, as
        Amplitude's do.
        """
        view = self._access.view("", Call(request.headers))
        question = read_question(request)
        variants = view.variants(question.context, question.flag_keys, question.telling)
        variants = {key: one for key, one in variants.items() if view.sees(key) or not one.metadata.get(RETAINED)}
        if question.mode:
            variants = {key: one for key, one in variants.items() if _mode(one) == question.mode}
        view.count(variants, question.context)
        return _response(
            (key, (self._seen if view.sees(key) else self._unseen).text(one)) for key, one in variants.items()
        )

    async def answer_legacy(self, request: Request) -> Response:
        """Return the flags that the user is assigned to: none that are off, none evaluated for others only."""
        view = self._access.view("", Call(request.headers))
        question = read_legacy_question(request)
        variants = {
            key: one
            for key, one in view.variants(question.context, question.flag_keys).items()
            if view.sees(key) and not one.metadata.get("default")
        }
        view.count(variants, question.context)
        return _response((key, self._legacy.text(one)) for key, one in variants.items())


class _Encoded:
    """Variants as JSON, each encoded once: the engine shares its Variant objects among users."""

    def __init__(self, form: Callable[[Variant], dict[str, Any]]) -> None:
        self._form = form
        self._known: WeakKeyDictionary[Variant, bytes] = WeakKeyDictionary()

    def text(self, variant: Variant) -> bytes:
        text = self._known.get(variant)
        if text is None:
            write = write_json if is_float(variant.metadata) else canonical_json  # which writes 1.0 as 1
            text = self._known[variant] = write(self._form(variant))
        return text


def _response(texts: Iterable[tuple[str, bytes]]) -> Response:
    return Response(200, b"{%b}" % b",".join(b"%b:%b" % (orjson.dumps(key), text) for key, text in texts))


def _form(variant: Variant) -> dict[str, Any]:
    form = {**variant.as_dict(), "metadata": dict(variant.told)}
    return {name: value for name, value in form.items() if value is not None}


def _undeployed_form(variant: Variant) -> dict[str, Any]:
    return _form(variant) | {"metadata": {**variant.told, "deployed": False}}


def _legacy_form(variant: Variant) -> dict[str, Any]:
    form = {"key": variant.key, "payload": variant.payload, "expKey": variant.metadata.get("experimentKey")}
    return {name: value for name, value in form.items() if value is not None}


def _mode(variant: Variant) -> object:
    return variant.metadata.get("evaluationMode")
