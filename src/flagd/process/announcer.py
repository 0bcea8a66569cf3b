"""Announcer: the line of the log about every new revision: how much there is, and what changed."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.ruleset.census import FLAG, Census, noun
from flagd.ruleset.change import find_change
from flagd.ruleset.persistent import Absent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.ruleset import Ruleset
    from flagd.ruleset.census import Counts
    from flagd.ruleset.change import Change

log = logging.getLogger(__name__)
DIGITS = 8
"""Digits of a revision that the text has, as in `kubectl get flags -o wide`; JSON logs have all of it."""
_NAMED = 3
"""Names of what was added, changed or removed that the text has of each."""
_LISTED = 20
"""The same of the list that JSON logs have."""


@dataclass(slots=True)
class Announcer:
    """Remembers what was said, by project, so that a line costs what changed.

    Attributes:
        keys_required: whether callers must show a deployment key; then flags that list no deployment are warned of.
    """

    keys_required: bool = False
    _told: dict[str, Ruleset] = field(default_factory=dict)
    _census: Census = field(default_factory=Census)
    _unseen: dict[str, set[str]] = field(default_factory=dict)

    def remember(self, ruleset: Ruleset) -> None:
        """Take `ruleset` for known: the next line names what changed since."""
        self._told[ruleset.project] = ruleset
        self._unseen.pop(ruleset.project, None)

    def tell(self, ruleset: Ruleset) -> None:
        """Log the revision of a project, unless it was logged last."""
        before = self._told.get(ruleset.project)
        if before is not None and before.revision == ruleset.revision:
            return
        self._told[ruleset.project] = ruleset
        change = None if before is None else find_change(before, ruleset)
        names = {} if before is None or change is None else _names(before, change)
        changes = "".join(f"; {verb} {_listed(each)}" for verb, each in names.items() if each)
        head = f"project {ruleset.project}: revision {ruleset.revision[:DIGITS]}"
        fields: dict[str, object] = {"project": ruleset.project, "revision": ruleset.revision}
        log.info(
            "%s, %s%s", head, _counted(self._census.count(ruleset)), changes, extra={"fields": fields | _flags(names)}
        )
        if self.keys_required and (unseen := self._look(ruleset, change)):
            amount = _amount(len(unseen), "flag")
            text = "project %s: callers need a key, and nobody sees %s without spec.deployments: %s"
            log.warning(text, ruleset.project, amount, _listed(sorted(unseen)), extra={"fields": fields})

    def tell_all(self, rulesets: Mapping[str, Ruleset]) -> None:
        """Log what is new of all projects, and which are gone."""
        for ruleset in rulesets.values():
            self.tell(ruleset)
        for project in sorted(self._told.keys() - rulesets.keys()):
            self.withdraw(project)

    def withdraw(self, project: str) -> None:
        """Log that a project is gone."""
        self._told.pop(project, None)
        self._unseen.pop(project, None)
        self._census.forget(project)
        log.info("project %s is gone", project, extra={"fields": {"project": project}})

    def _look(self, ruleset: Ruleset, change: Change | None) -> set[str]:
        """Return the keys of the flags that no key opens: of all, or where they were known before, of what changed."""
        known = self._unseen.get(ruleset.project)
        if known is None or change is None:
            found = self._unseen[ruleset.project] = {key for key in ruleset.flags if _is_unseen(ruleset, key)}
            return found
        touched = change.flags.keys() | change.visibility.keys()
        known -= touched
        known |= {key for key in touched if _is_unseen(ruleset, key)}
        return known


def _counted(counts: Counts) -> str:
    flags = _amount(counts.flags, "flag")
    return f"{flags}, {_amount(counts.groups, 'group')}" if counts.groups else flags


def _amount(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _is_unseen(ruleset: Ruleset, key: str) -> bool:
    """Return whether this is a flag that no key opens."""
    flag = ruleset.flags.get(key)
    return flag is not None and noun(flag) == FLAG and not ruleset.visibility.get(key)


def _names(before: Ruleset, change: Change) -> dict[str, list[str]]:
    """Return what `change` did, by verb: keys of flags, and of other things what and name."""
    names: dict[str, list[str]] = {"added": [], "changed": [], "removed": []}
    parts: tuple[tuple[str, Mapping[str, object], Mapping[str, object]], ...] = (
        # Who sees a flag is part of it: what differs in that alone has changed.
        ("", before.flags, {**dict.fromkeys(change.visibility), **change.flags}),
        ("cohort ", before.cohorts, change.cohorts),
        ("deployment ", before.deployments, change.deployments),
    )
    for prefix, known, changes in parts:
        for name, value in sorted(changes.items(), key=lambda one: one[0]):
            verb = "removed" if isinstance(value, Absent) else "changed" if name in known else "added"
            names[verb].append(f"{prefix}{name}")
    return names


def _flags(names: Mapping[str, Sequence[str]]) -> dict[str, object]:
    keys = [name for each in names.values() for name in each if " " not in name]
    one = {"flag": keys[0]} if len(keys) == 1 else {}
    return {"flags": keys[:_LISTED], **one} if keys else {}


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
