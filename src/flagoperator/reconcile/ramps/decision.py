"""Decision: one transition of a rollout, for the log, an event and the counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flagd.manifest.parts.percent import percent_text
from flagoperator.rollout.moment import moment

if TYPE_CHECKING:
    from flagd.manifest import ResourceRef
    from flagoperator.rollout import Mode, Shares, Transition

_WARNINGS = frozenset(
    {"Aborted", "Deadline", "GuardFailed", "Imbalance", "Inconclusive", "NotRamped", "PromoteRefused", "RampRemoved"}
)
_SAID = {
    "NotRamped": "what else this edit changed takes effect at once: who matches, prerequisites, weights or salt; "
    "UsersMove says how many users that moves where it can be computed",
    "RampRemoved": "the ramp is gone; the run goes on by the plan that it began with; "
    "write ramp: {immediate: true} to have the goal at once",
    "Imbalance": "users are not divided as percentages and weights say; the condition Balanced says which, and "
    "where to look; the rollout goes on",
    "PromoteRefused": "something holds the rollout that promote does not pass over; see status.rollout.message",
}
TYPE = "dev.flagoperator.rollout"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a flag.

    Attributes:
        ref: the flag.
        generation: of its spec.
        run: id of the run; empty where it began none.
        transition: what happened, when and why.
        before, after: where its allocations stood, and stand.
        mode: how the rollout stands then.
        token: of the place in the run where it was decided.
    """

    ref: ResourceRef
    generation: int
    run: str
    transition: Transition
    before: Shares
    after: Shares
    mode: Mode
    token: str = ""

    @property
    def reason(self) -> str:
        """One word, as the event has it."""
        return f"Rollout{self.transition.reason}"

    @property
    def level(self) -> Literal["Normal", "Warning"]:
        """What the event is: a warning where somebody should look."""
        return "Warning" if self.transition.reason in _WARNINGS else "Normal"

    def __str__(self) -> str:
        """What the event says."""
        if self.transition.reason in _SAID:
            return _SAID[self.transition.reason]
        by = f" by {self.transition.by}" if self.transition.by else ""
        moved = [f"{name}: {old} → {new} %" for name, old, new in self._moved()]
        return f"{self.transition.reason}{by}: {'; '.join(moved) or 'nobody moves'}"

    def cloud_event(self) -> dict[str, Any]:
        """Return it in the form of CloudEvents 1.0."""
        at, ref = self.transition.at, self.ref
        return {
            "specversion": "1.0",
            "id": f"{self.token or self.run or ref.name}/{self.transition.reason}/{int(at)}",
            "source": f"/namespaces/{ref.namespace}/flags/{ref.name}",
            "type": f"{TYPE}.{self.transition.reason}",
            "time": moment(at),
            "datacontenttype": "application/json",
            "data": {
                "generation": self.generation,
                "run": self.run,
                "reason": self.transition.reason,
                "by": self.transition.by,
                "allocations": [{"name": name, "from": old, "to": new} for name, old, new in self._pairs()],
            },
        }

    def _pairs(self) -> list[tuple[str, str, str]]:
        stood = {each.name: each.percent for each in self.before}
        return [(each.name, percent_text(stood.get(each.name, 0)), percent_text(each.percent)) for each in self.after]

    def _moved(self) -> list[tuple[str, str, str]]:
        return [each for each in self._pairs() if each[1] != each[2]]
