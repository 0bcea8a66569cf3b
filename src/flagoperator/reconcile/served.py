"""Served: which form of a resource the ruleset holds, where it is not the present one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.compiler.graph.references import KEY, node_named
from flagd.manifest import KINDS
from flagd.ruleset.outcomes import settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagd.compiler import Compiled
    from flagd.manifest import Diagnostic
    from flagd.ruleset.outcomes import Settled
    from flagoperator.reconcile.entry import Entry

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Served:
    """The form of a resource that the ruleset holds.

    Attributes:
        revision: its content hash; empty where it is not a flag or group.
        generation: of the manifest that it was compiled from; None where a restart forgot it.
        retained: kind and name of what was deleted, and stays in the ruleset because this form needs it.
        shut: keys of the flags and groups that were edited so that this form is off for everybody but its testers.
        settled: what everybody gets of it; None where users may get different variants.
    """

    revision: str
    generation: int | None
    retained: Sequence[tuple[str, str]] = ()
    shut: Sequence[str] = ()
    settled: Settled | None = None

    def __str__(self) -> str:
        if not self.shut:
            return self._told()
        return f"{self._told()}, and off for everybody but its testers, because {' and '.join(self.shut)} admits nobody"

    def _told(self) -> str:
        form = "the last good form" if self.generation is None else f"generation {self.generation}"
        if not self.retained:
            return f"{form} is still served"
        names = [f"{kind} {name}" for kind, name in self.retained[:_MOST_NAMED]]
        if len(self.retained) > _MOST_NAMED:
            names.append(f"{len(self.retained) - _MOST_NAMED} more")
        *others, last = names
        listed = f"{', '.join(others)} and {last}" if others else last
        return f"{form} is served with {listed}, which {'were' if others else 'was'} deleted"


def served_instead(entry: Entry, served: Served | None) -> tuple[str, str]:
    """Return reason and message of what is served in place of `entry`, which cannot be used."""
    if served is not None:
        return "LastGood", str(served)
    if KINDS[entry.ref.kind].inlined and entry.resource is not None:
        return "LastGood", "flags that use it keep their last good forms"
    return "NotServed", "no generation of it is served"


def served_form(entry: Entry, compiled: Compiled, findings: Sequence[Diagnostic]) -> Served | None:
    """Return what the ruleset holds of `entry`, about which the compiler found `findings`; None if nothing."""
    node = node_named(entry.ref.kind, entry.key)
    if node[0] == KEY:
        return _served_key(entry, compiled, findings)
    if KINDS[entry.ref.kind].inlined:
        return None  # those that use it have their own forms
    if entry.resource is not None:
        return Served("", entry.resource.metadata.generation)
    outcome = compiled.state.outcomes.get(node)
    return None if outcome is None or outcome.product is None or outcome.retained else Served("", None)


def _served_key(entry: Entry, compiled: Compiled, findings: Sequence[Diagnostic]) -> Served | None:
    revision, flag = compiled.flag_revision(entry.key), compiled.state.flags.get(entry.key)
    if revision is None or flag is None or compiled.owner(entry.key) not in (entry.ref, None):
        return None
    if any(each.reason == "KeyConflict" for each in findings):
        return None
    generation = int(flag.get("metadata", {}).get("flagVersion", 1))
    return Served(revision, generation, compiled.retained_for(entry.key), compiled.shut_by(entry.key), settled(flag))
