"""Answers: the serialised form of variants, made once per variant and revision.

The engine shares one Variant object among all users who get it. So an answer to a call is a join
of bytes: entries of a protobuf map may stand one after the other in a message, in any order.
The same field number (1) holds the map in EvaluateResponse, EvaluateBatchResult and WatchResponse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from flagd.api.delimited import delimited
from flagd.rpc.struct import to_struct, to_value
from flagd.v1.evaluation_pb2 import ErrorCode, EvaluateResponse, Reason, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flagd.engine import Variant as EngineVariant
    from flagd.metrics import Count, Metrics

MAP_FIELD = 1
OFF = "off"
UNKNOWN_FLAG = "unknown flag"


class Answer:
    """What one flag says, ready to send.

    Attributes:
        entry: encoded entry of the map ``variants``.
        series: how often it was given.
    """

    __slots__ = ("entry", "series")

    def __init__(self, entry: bytes, series: Count) -> None:
        self.entry = entry
        self.series = series


class Answers:
    """The answers of one revision of a project, made when first given.

    A revision takes over what the one before it made: unchanged flags keep their Variant objects.
    """

    def __init__(self, project: str, metrics: Metrics, previous: Answers | None = None) -> None:
        self._project = project
        self._metrics = metrics
        self._known: dict[EngineVariant, Answer] = {}
        self._previous = previous._known if previous else {}

    def entry(self, flag_key: str, variant: EngineVariant | None) -> bytes:
        """Return the map entry for `variant`, and count that it was given. None is "off": no segment decided."""
        if variant is None:
            return encode_entry(flag_key, Variant(key=OFF, reason=Reason.REASON_DEFAULT))
        answer = self._known.get(variant) or self._make(flag_key, variant)
        answer.series.count += 1
        return answer.entry

    def entries(self, flag_keys: Iterable[str], variants: Mapping[str, EngineVariant]) -> dict[str, bytes]:
        """Return what `entry` returns for each of `flag_keys`, at half the cost."""
        known, entries = self._known, {}
        for key in flag_keys:
            answer = known.get(variants.get(key))  # type: ignore[arg-type]  # None is in no answer
            if answer is None:
                entries[key] = self.entry(key, variants.get(key))
            else:
                answer.series.count += 1
                entries[key] = answer.entry
        return entries

    def count(self, flag_key: str, variant: EngineVariant) -> None:
        """Count that `variant` was given in another form than ours."""
        (self._known.get(variant) or self._make(flag_key, variant)).series.count += 1

    def unknown(self, flag_key: str, message: str = UNKNOWN_FLAG) -> bytes:
        """Return the map entry for a flag that the caller cannot see, be it there or not."""
        self._metrics.unknown_flags[self._project] += 1
        value = unknown_flag(message).SerializeToString()
        key = delimited(_ENTRY_KEY, flag_key.encode(errors="replace"))
        return delimited(MAP_FIELD, key + delimited(_ENTRY_VALUE, value))

    def _make(self, flag_key: str, variant: EngineVariant) -> Answer:
        answer = self._previous.get(variant)
        if answer is None:
            entry = encode_entry(flag_key, to_message(variant))
            series = self._metrics.evaluation(
                self._project, flag_key, variant.key, variant.reason, variant.segment, arm=variant.arm or ""
            )
            answer = Answer(entry, series)
        self._known[variant] = answer
        return answer


def encode_entry(flag_key: str, variant: Variant) -> bytes:
    """Return one encoded entry of the map ``variants``, the same bytes for the same content."""
    return EvaluateResponse(variants={flag_key: variant}).SerializeToString(deterministic=True)


def unknown_flag(message: str = UNKNOWN_FLAG) -> Variant:
    """Return what is said of a flag that the caller cannot see."""
    return Variant(reason=Reason.REASON_ERROR, error_code=ErrorCode.ERROR_CODE_FLAG_NOT_FOUND, error_message=message)


_ENTRY_KEY, _ENTRY_VALUE = 1, 2


def to_message(variant: EngineVariant) -> Variant:
    """Return the engine's variant as a message."""
    message = Variant(key=variant.key, reason=f"REASON_{variant.reason}", segment=variant.segment)
    if variant.value is not None:
        message.value = variant.value if isinstance(variant.value, str) else orjson.dumps(variant.value).decode()
    if variant.payload is not None:
        message.payload.CopyFrom(to_value(variant.payload))
    metadata = variant.told
    if metadata:
        message.metadata.CopyFrom(to_struct(metadata))
        message.flag_version = _version(metadata.get("flagVersion"))
    if variant.reason == "ERROR":
        message.error_code = ErrorCode.ERROR_CODE_GENERAL
    return message


def _version(version: object) -> int:
    return version if isinstance(version, int) and abs(version) < 1 << 63 else 0
