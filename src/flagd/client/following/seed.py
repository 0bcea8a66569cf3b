"""Seed: what a client answers from before it hears from a server: its copy on disk, or what came with the program."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagd.client.reason import reason
from flagd.last_good.file import MAGIC, LastGoodFile, StateError, decode
from flagd.ruleset import RulesetError
from flagd.ruleset.change import Change
from flagd.ruleset.forms.jsonform import flags_from_json
from flagd.ruleset.hashed_ruleset import HashedRuleset

if TYPE_CHECKING:
    from flagd.client.health import Origin
    from flagd.last_good.file import State

MOST_BYTES = 512 * 1024 * 1024
"""Largest bootstrap file that is read."""
Bootstrap = Path | str | list[dict[str, Any]]
"""A file, or flags as ``flagctl compile`` writes them."""


@dataclass(frozen=True, slots=True)
class Seed:
    """Where to look, the better first.

    Attributes:
        project: whose flags are wanted; empty = whichever there is.
        last_good: the copy that is kept on disk; None = none is.
        bootstrap: what comes with the program; None = nothing does.
    """

    project: str
    last_good: LastGoodFile | None
    bootstrap: Bootstrap | None

    def read(self) -> tuple[HashedRuleset, Origin, float | None] | None:
        """Return what there is, where it is from, and when it was current, in seconds since 1970 if that is known.

        Raises:
            StateError: there is something, and none of it can be used; the text says why.
        """
        failed: list[str] = []
        if self.last_good is not None:
            try:
                if (state := self.last_good.read()) is not None:
                    return self._of(state), "last good", state.as_of
            except StateError as error:
                failed.append(f"the last good ruleset is not used: {error}")
        if self.bootstrap is not None:
            try:
                return self._bootstrap(self.bootstrap)
            except (StateError, OSError, ValueError, RecursionError) as error:
                failed.append(f"the bootstrap is not used: {reason(error)}")
        if failed:
            raise StateError("; ".join(failed))
        return None

    def _bootstrap(self, bootstrap: Bootstrap) -> tuple[HashedRuleset, Origin, float | None]:
        if isinstance(bootstrap, list):
            return self._compiled(bootstrap), "bootstrap", None
        data = _read(Path(bootstrap))
        if data.startswith(MAGIC):
            state = decode(data)
            return self._of(state), "bootstrap", state.as_of
        return self._compiled(json.loads(data)), "bootstrap", None

    def _of(self, state: State) -> HashedRuleset:
        names = list(state.rulesets)
        name = self.project or (names[0] if len(names) == 1 else "")
        if name not in state.rulesets:
            raise StateError(f"it holds {', '.join(names) or 'no project'}, not {name or 'one project'}")
        return HashedRuleset.of(state.rulesets[name])

    def _compiled(self, flags: object) -> HashedRuleset:
        try:
            change = Change(flags_from_json(flags), {}, {}, {})
        except RulesetError as error:
            raise StateError(f"it is not what flagctl compile writes: {error}") from None
        return HashedRuleset.empty(self.project).changed(change)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise StateError(f"{path} is larger than {MOST_BYTES} bytes")
    return data
