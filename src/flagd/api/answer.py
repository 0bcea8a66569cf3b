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
    from collections.abc import Collection, Mapping
    from typing import Any

    from flagd.engine import Variant as EngineVariant
    from flagd.metrics import Count, Metrics
    from flagd.sampling import Place, Samples

    Context = Mapping[str, Any]

MAP_FIELD = 1
OFF = "off"
UNKNOWN_FLAG = "unknown flag"


class Answer:
    """What one flag says, ready to send.

    Attributes:
        entry: encoded entry of the map ``variants``.
        series: how often it was given.
        place: where the users who get it are counted, each once; None where no run compares them.
    """

    __slots__ = ("entry", "place", "series")

    def __init__(self, entry: bytes, series: Count, place: Place | None = None) -> None:
        self.entry = entry
        self.series = series
        self.place = place

    def give(self) -> bytes:
        """Return the entry and count that it was given."""
        self.series.count += 1
        return self.entry


class Answers:
    """The answers of one revision of a project, made when first given.

    A revision takes over what the one before it made: unchanged flags keep their Variant objects.
    """

    def __init__(
        self, project: str, metrics: Metrics, previous: Answers | None = None, samples: Samples | None = None
    ) -> None:
        self._project = project
        self._metrics = metrics
        self._samples = samples
        self._samples_users = False
        self._known: dict[EngineVariant, Answer] = {}
        self._previous = previous._known if previous else {}

    def entry(self, flag_key: str, variant: EngineVariant | None, context: Context) -> bytes:
        """Return the map entry for `variant`, and count that the user of `context` got it.

        None is "off": no segment decided.
        """
        if variant is None:
            return encode_entry(flag_key, Variant(key=OFF, reason=Reason.REASON_DEFAULT))
        answer = self._known.get(variant) or self._make(flag_key, variant)
        answer.series.count += 1
        if answer.place is not None:
            answer.place.take(context)
        return answer.entry

    def entries(
        self, flag_keys: Collection[str], variants: Mapping[str, EngineVariant], context: Context
    ) -> list[bytes]:
        """Return what `entry` returns for each of `flag_keys`, at a fraction of the cost."""
        found = self._found(flag_keys, variants)
        if self._samples_users or not all(found):
            return [
                self.entry(key, variants.get(key), context)
                if answer is None or answer.place is not None
                else answer.give()
                for key, answer in zip(flag_keys, found, strict=True)
            ]
        for answer in found:
            answer.series.count += 1
        return [answer.entry for answer in found]

    def count(self, flag_key: str, variant: EngineVariant, context: Context) -> None:
        """Count that the user of `context` got `variant` in another form than ours."""
        answer = self._known.get(variant) or self._make(flag_key, variant)
        answer.series.count += 1
        if answer.place is not None:
            answer.place.take(context)

    def count_each(self, flag_keys: Collection[str], variants: Mapping[str, EngineVariant], context: Context) -> None:
        """Do what `count` does for each of `flag_keys`, at a fraction of the cost."""
        found = self._found(flag_keys, variants)
        if self._samples_users or not all(found):
            for key in flag_keys:
                self.count(key, variants[key], context)
            return
        for answer in found:
            answer.series.count += 1

    def _found(self, flag_keys: Collection[str], variants: Mapping[str, EngineVariant]) -> list[Any]:
        """Return the answers made so far, None where there is none; soonest for the keys of `variants` itself."""
        given = variants.values() if flag_keys is variants else map(variants.get, flag_keys)
        return [*map(self._known.get, given)]  # type: ignore[arg-type]

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
            place = None if self._samples is None else self._samples.place(self._project, flag_key, variant)
            answer = Answer(entry, series, place)
        if answer.place is not None:
            self._samples_users = True
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
