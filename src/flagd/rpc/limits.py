"""Limits: how large a request may be. Each has its own error, which names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MESSAGE_BYTES = 1024 * 1024
"""Largest request message; transports refuse larger ones with RESOURCE_EXHAUSTED."""
RESPONSE_BYTES = 4 * 1024 * 1024
"""Largest answer: what gRPC clients take by default."""
FLAGS_BYTES = RESPONSE_BYTES - 1024
"""Size of the flags of an answer, without the revision and the like."""
KEY_BYTES = 256
"""Longest key of a flag, project, property, cohort or group type, in UTF-8 bytes."""
TEXT_BYTES = 4096
"""Longest text of a user's attribute, in UTF-8 bytes."""
FLAG_KEYS = 1000
"""Most flag keys in one request."""
ATTRIBUTES = 100
"""Most properties of a user, and of each group."""
NESTED_VALUES = 1000
"""Most values in the properties of a user or group, those inside lists and objects included."""
COHORT_IDS = 1000
"""Most cohort ids of a user, and of each group."""
GROUPS = 100
"""Most groups of a user."""
BATCH_USERS = 1000
"""Most users of one batch."""
BATCH_ANSWERS = 20_000
"""Most answers of one batch: users × flags."""
USER_VALUES = 5000
"""Most values of a user together with its groups, cohort ids included; beyond it the whole request is refused."""
LEVELS = 30
"""Most levels of lists and objects inside a property; protobuf's parsers take 31."""
ITEMS = {"users": BATCH_USERS, "flag_keys": FLAG_KEYS, "groups": GROUPS, "cohort_ids": COHORT_IDS}
"""Most items of the lists and maps of a request, by the name of the field."""


def check_count(count: int, limit: int, what: str) -> None:
    """Raise InvalidArgument when there are more than `limit` of `what`."""
    if count > limit:
        raise InvalidArgument(f"{what}: {count} given, at most {limit} allowed")


def check_text(text: str, what: str, limit: int = TEXT_BYTES) -> None:
    """Raise InvalidArgument when `text` is longer than `limit` UTF-8 bytes; the text is not repeated."""
    if len(text) * 4 > limit and len(text.encode(errors="replace")) > limit:
        raise InvalidArgument(f"{what}: longer than {limit} bytes")


def check_cohort_ids(cohort_ids: Collection[str], what: str) -> None:
    """Raise InvalidArgument when there are too many cohort ids, or one is too long."""
    check_count(len(cohort_ids), COHORT_IDS, what)
    for cohort_id in cohort_ids:
        check_text(cohort_id, what, KEY_BYTES)


def check_flag_keys(keys: Iterable[str]) -> list[str]:
    """Return `keys` without repetitions, in the order given."""
    unique = list(keys)
    if len(unique) > 1:
        check_count(len(unique), FLAG_KEYS, "flag_keys")
        unique = list(dict.fromkeys(unique))
    for key in unique:
        if len(key) * 4 > KEY_BYTES:
            check_text(key, "flag_keys", KEY_BYTES)
    return unique
