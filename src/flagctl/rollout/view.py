"""View: a flag's rollout as its status reports it, apart from how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.printable import printable
from flagoperator.reconcile.condition import condition_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENDED_BADLY = frozenset({"RolledBack"})


@dataclass(frozen=True, slots=True)
class View:
    """One flag.

    Attributes:
        name: of the object.
        rollout: ``status.rollout``; empty where there is none.
        allocations: names with their effective percents.
        rolled_out: whether all goals are met and the last hold is over, by its newest generation.
        stalled: why somebody has to do something; empty where nobody has.
        seen: whether the operator has looked at its newest generation.
    """

    name: str
    rollout: Mapping[str, Any]
    allocations: Sequence[tuple[str, str]]
    rolled_out: bool
    stalled: str
    seen: bool

    @property
    def phase(self) -> str:
        """Idle, Progressing, Paused, Completed or RolledBack; a dash where it has no ramp."""
        return str(self.rollout.get("phase", "-"))

    @property
    def token(self) -> str:
        """What verbs quote; empty where there is no run."""
        return str(self.rollout.get("token", ""))

    @property
    def run(self) -> str:
        """Id of the run; empty where there is none that a verb could reach."""
        return "" if self.phase in ENDED_BADLY else str((self.rollout.get("run") or {}).get("id", ""))

    @property
    def began(self) -> Mapping[str, str]:
        """Names of allocations with the percents at which the run began."""
        return {printable(str(each.get("name"))): printable(str(each.get("percent"))) for each in self._from}

    @property
    def _from(self) -> Sequence[Mapping[str, Any]]:
        return (self.rollout.get("run") or {}).get("from") or ()

    def row(self) -> list[str]:
        """Return the cells of a table under HEADER."""
        told = self.rollout
        steps = f"{told.get('percent', '-')}→{told.get('goal', '-')} %"
        cells = [self.name, self.phase, told.get("reason", ""), steps, told.get("step", ""), told.get("nextStepAt", "")]
        return [printable(str(each)) for each in [*cells, self.token]]

    def summary(self) -> str:
        """Return one line: what changes when something has happened."""
        told = self.rollout
        return printable(f"{self.phase} {told.get('reason', '')}: {told.get('message', 'no rollout')}")


HEADER = ("NAME", "PHASE", "REASON", "PERCENT", "STEP", "NEXT", "TOKEN")


def view_of(flag: Mapping[str, Any]) -> View:
    """Return the view of a Flag as the API server gives it."""
    metadata, status = flag["metadata"], flag.get("status") or {}
    generation = metadata["generation"]
    allocations = (status.get("effective") or {}).get("allocations") or []
    pairs = [(printable(str(each.get("name"))), printable(str(each.get("percent")))) for each in allocations]
    stalled = _condition(status, "Stalled", generation)
    done = _condition(status, "RolledOut", generation) is not None
    why = "" if stalled is None else printable(f"{stalled.get('message') or stalled.get('reason')}")
    seen = status.get("observedGeneration") == generation
    return View(metadata["name"], status.get("rollout") or {}, pairs, done, why, seen)


def _condition(status: Mapping[str, Any], name: str, generation: int) -> Mapping[str, Any] | None:
    """Return the condition if it is True for this generation."""
    found = condition_of(status, name)
    if found is None or found["status"] != "True" or found.get("observedGeneration") != generation:
        return None
    return found
