"""Known: which flags there are and which variants each has, so that a test cannot set what does not exist."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagd.client.variant import Variant
from flagd.engine.variant import Reason
from flagd.ruleset import RulesetError
from flagd.ruleset.forms.jsonform import flags_from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset import EvaluationFlag

OFF = "off"


class UnknownFlagError(LookupError):
    """There is no such flag or variant; the text says which there are."""


@dataclass(frozen=True, slots=True)
class Known:
    """The flags of one project.

    Attributes:
        flags: compiled flags by key, without those that nobody may ask for.
    """

    flags: Mapping[str, EvaluationFlag]

    @classmethod
    def read(cls, path: Path | str) -> Known:
        """Return the flags in a file that ``flagctl compile`` wrote.

        Raises:
            ValueError: it is not one.
            OSError: it cannot be read.
        """
        try:
            flags = flags_from_json(json.loads(Path(path).read_bytes()))
        except RulesetError as error:
            raise ValueError(f"{path} is not what flagctl compile writes: {error}") from None
        return cls({key: flag for key, flag in flags.items() if flag.get("metadata", {}).get("deployed", True)})

    def variants(self, flag_key: str) -> list[str]:
        """Return the keys of the variants of a flag, ``off`` first. Raises UnknownFlagError."""
        if flag_key not in self.flags:
            raise UnknownFlagError(f"there is no flag {flag_key!r}{_nearest(flag_key, self.flags)}")
        return [OFF, *(key for key in self.flags[flag_key]["variants"] if key != OFF)]

    def variant(self, flag_key: str, variant_key: str) -> Variant[Any]:
        """Return a variant as callers get it. Raises UnknownFlagError."""
        if variant_key not in self.variants(flag_key):
            there = ", ".join(self.variants(flag_key))
            raise UnknownFlagError(f"flag {flag_key!r} has no variant {variant_key!r}; it has {there}")
        told: Mapping[str, Any] = self.flags[flag_key]["variants"].get(variant_key, {})
        metadata = {**self.flags[flag_key].get("metadata", {}), **told.get("metadata", {})}
        return Variant(variant_key, told.get("value"), told.get("payload"), Reason.TESTER, "", metadata)

    def key_of(self, name: str) -> str:
        """Return the key that a name of Python stands for: ``a_b`` for ``a-b``. Raises UnknownFlagError."""
        found = [key for key in self.flags if name in (key, _name(key))]
        if len(found) > 1 and name not in found:
            raise UnknownFlagError(f"{name} may be {' or '.join(found)}; say flags({{{found[0]!r}: …}})")
        return name if name in found or not found else found[0]


def _name(key: str) -> str:
    return "".join(character if character.isalnum() else "_" for character in key)


def _nearest(flag_key: str, flags: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(flag_key, flags, 1)
    return f"; did you mean {near[0]!r}?" if near else ""
