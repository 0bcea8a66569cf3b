"""Census: how many flags and groups the rulesets of some projects have, at the cost of what changed since the last."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.ruleset.persistent import Absent, difference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.ruleset.flag import EvaluationFlag
    from flagd.ruleset.ruleset import Ruleset

FLAG, GROUP, HIDDEN = "flag", "group", "hidden"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is in a ruleset.

    Attributes:
        flags: those that callers can ask for: no groups, and none that was deleted and stays for those that need it.
        groups: flag groups.
    """

    flags: int
    groups: int


@dataclass(frozen=True, slots=True)
class _Counted:
    flags: Mapping[str, EvaluationFlag]
    nouns: Counter[str]


class Census:
    """Counts what is in rulesets, and remembers what it counted last of each project."""

    def __init__(self) -> None:
        self._counted: dict[str, _Counted] = {}

    def count(self, ruleset: Ruleset) -> Counts:
        """Return how much is in `ruleset`."""
        nouns = _count(self._counted.get(ruleset.project), ruleset.flags)
        self._counted[ruleset.project] = _Counted(ruleset.flags, nouns)
        return Counts(nouns[FLAG], nouns[GROUP])

    def count_all(self, rulesets: Mapping[str, Ruleset]) -> dict[str, Counts]:
        """Return how much is in each of `rulesets`, by project; other projects are forgotten."""
        self._counted = {project: one for project, one in self._counted.items() if project in rulesets}
        return {project: self.count(ruleset) for project, ruleset in rulesets.items()}

    def forget(self, project: str) -> None:
        """Remember nothing of `project`."""
        self._counted.pop(project, None)


def noun(flag: EvaluationFlag) -> str:
    """Return what `flag` is to people: a flag, a group, or hidden."""
    metadata = flag.get("metadata", {})
    if str(metadata.get("flagType", "")).endswith("-group"):
        return GROUP
    return FLAG if metadata.get("deployed", True) else HIDDEN


def _count(before: _Counted | None, flags: Mapping[str, EvaluationFlag]) -> Counter[str]:
    if before is None:
        return Counter(map(noun, flags.values()))
    nouns = before.nouns.copy()
    for key, flag in difference(before.flags, flags, lambda one, other: one is other).items():
        if key in before.flags:
            nouns[noun(before.flags[key])] -= 1
        if not isinstance(flag, Absent):
            nouns[noun(flag)] += 1
    return nouns
