"""AnswerSize: an answer is at most what gRPC's clients take; a larger one is refused by us, who can say why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.rpc.limits import FLAGS_BYTES, RESPONSE_BYTES
from flagd.rpc.status import TooLarge

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_NAMED = 3
_NAME_LENGTH = 60
_KB = 1000


def check_answer(sizes: Mapping[str, int]) -> None:
    """Raise TooLarge when the answers of all flags, by key, are more bytes than gRPC's clients take by default.

    The text names the flags that weigh most: those who read it may ask for fewer, or make those smaller.
    """
    whole = sum(sizes.values())
    if whole <= FLAGS_BYTES:
        return
    heaviest = sorted(sizes, key=lambda key: (-sizes[key], key))[:_NAMED]
    named = ", ".join(f"{key[:_NAME_LENGTH]} ({sizes[key] // _KB} kB)" for key in heaviest)
    raise TooLarge(
        f"response: {whole} bytes, at most {RESPONSE_BYTES} allowed; ask for the flags that are needed by name, or make"
        f" payloads smaller; largest: {named}"
    )


def joined(flag_keys: Collection[str], entries: Sequence[bytes], rest: bytes) -> bytes:
    """Return encoded answers of flags with these keys and the rest of a message. Raises what `check_answer` raises."""
    whole = b"".join([*entries, rest])
    if len(whole) - len(rest) > FLAGS_BYTES:
        check_answer(dict(zip(flag_keys, map(len, entries), strict=True)))
    return whole


def check_entries(entries: Mapping[str, bytes]) -> None:
    """Raise what `check_answer` raises, for encoded answers by flag key."""
    if sum(map(len, entries.values())) > FLAGS_BYTES:
        check_answer({key: len(entry) for key, entry in entries.items()})
