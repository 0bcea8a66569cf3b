"""Interned: equal parts of manifests are one object. Flags repeat conditions, segments and variants without end."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from pydantic import WrapValidator

from flagd.weight import weight

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel, ValidationInfo

_MOST_BYTES: Final = 4096
"""Of what is looked up: what is larger is seldom repeated."""

SHARED: Final[dict[str, str]] = {}
"""The context of a validation that takes and gives such parts: all that have it validate by the same rules."""

_known: WeakValueDictionary[tuple[str | None, bytes], BaseModel] = WeakValueDictionary()


def _interned(given: Any, make: Callable[[Any], Any], info: ValidationInfo) -> Any:  # noqa: ANN401
    if info.context is not SHARED or type(given) is not dict or weight(given, _MOST_BYTES) > _MOST_BYTES:
        return make(given)
    text = repr(given)  # tells 1 from True and from 1.0, as JSON would
    key = info.field_name, blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    found = _known.get(key)
    if found is None:
        found = _known[key] = make(given)
    return found


INTERNED = WrapValidator(_interned)
"""Marks a model of which equal ones, as they stand in manifests, are one object for as long as any is in use."""
