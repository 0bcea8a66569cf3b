"""Limits: how large a request may be. Each has its own error, which names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

MESSAGE_BYTES = 1024 * 1024
"""Largest request message; transports refuse larger ones with RESOURCE_EXHAUSTED."""
RESPONSE_BYTES = 4 * 1024 * 1024
"""Largest answer to EvaluateBatch: what gRPC clients take by default."""
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


def check_values(properties: dict[str, Any], what: str) -> None:
    """Raise InvalidArgument when a name, a text or the number of values inside `properties` is too large."""
    nested = False
    for name, value in properties.items():
        if len(name) * 4 > KEY_BYTES:
            check_text(name, what, KEY_BYTES)
        if isinstance(value, str):
            if len(value) * 4 > TEXT_BYTES:
                check_text(value, what)
        elif isinstance(value, dict | list):
            nested = True
    if nested:
        _check_nested(properties, what)


def _check_nested(properties: dict[str, Any], what: str) -> None:
    """Check what is inside too.

    Walks breadth first and stops at the limit, so that a hostile tree costs no more than a good one.
    """
    todo: list[Any] = [properties]
    for value in todo:
        if isinstance(value, str):
            if len(value) * 4 > TEXT_BYTES:
                check_text(value, what)
        elif isinstance(value, dict):
            for name in value:
                check_text(name, what, KEY_BYTES)
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
        if len(todo) > NESTED_VALUES + 1:
            raise InvalidArgument(f"{what}: more than {NESTED_VALUES} values, nested ones included")


def check_flag_keys(keys: Iterable[str]) -> list[str]:
    """Return `keys` without repetitions, in the order given."""
    unique = list(keys)
    if len(unique) > 1:
        unique = list(dict.fromkeys(unique))
        check_count(len(unique), FLAG_KEYS, "flag_keys")
    for key in unique:
        if len(key) * 4 > KEY_BYTES:
            check_text(key, "flag_keys", KEY_BYTES)
    return unique
