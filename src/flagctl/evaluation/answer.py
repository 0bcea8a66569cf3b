"""Answer: what a user gets of some flags, from manifests or from a server, and how it is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.output import indented
from flagctl.table import table

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLUMNS = ("FLAG", "VARIANT", "VALUE", "PAYLOAD", "REASON", "SEGMENT")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a user gets of one flag.

    Attributes:
        flag: key of the flag.
        key: key of the variant; empty where `error` says why there is none.
        value: its text value; None where it has none, as ``off``.
        payload: its payload; None where it has none.
        reason: word of the evaluation API, such as ``SPLIT``.
        segment: name of the segment that decided.
        metadata: of flag, segment and variant.
        error: what went wrong.
    """

    flag: str
    key: str = ""
    value: str | None = None
    payload: Any = None
    reason: str = "ERROR"
    segment: str = ""
    metadata: dict[str, Any] | None = None
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return what is known, without the flag's key."""
        if self.error:
            return {"reason": self.reason, "error": self.error}
        known: dict[str, Any] = {"key": self.key, "value": self.value, "payload": self.payload}
        known = {name: value for name, value in known.items() if value is not None}
        return {**known, "reason": self.reason, "segment": self.segment, "metadata": self.metadata or {}}

    def cells(self) -> tuple[str, ...]:
        """Return the columns of the table."""
        payload = "" if self.payload is None else json.dumps(self.payload, ensure_ascii=False, separators=(",", ":"))
        return self.flag, self.key, self.value or "", payload, self.reason, self.segment


STALE = "the server has lost touch with the source of its flags: this may be out of date"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a user gets.

    Attributes:
        outcomes: one per flag.
        revision: content hash of the ruleset that answered.
        stale: whether the server has lost touch with its source.
    """

    outcomes: Sequence[Outcome]
    revision: str
    stale: bool = False

    def table(self) -> str:
        """Return the outcomes in columns, those left out that are errors; empty where none is left."""
        rows = [outcome.cells() for outcome in self.outcomes if not outcome.error]
        return table(_COLUMNS, rows) if rows else ""

    def json(self) -> str:
        """Return the outcomes by flag key, and the revision."""
        variants = {outcome.flag: outcome.as_dict() for outcome in self.outcomes}
        answer = {"revision": self.revision, "stale": self.stale, "variants": variants}
        return indented(answer)
