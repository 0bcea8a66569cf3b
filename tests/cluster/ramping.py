"""Ramping: an operator and two replicas in one namespace, and a clock that only the test moves."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.cluster.stage import flag
from tests.ports import free_address

if TYPE_CHECKING:
    from tests.cluster.processes import Operator
    from tests.cluster.stage import Stage
    from tests.wire.process import Process

PROGRAM = Path(__file__).with_name("clocked_operator.py")
NOON = 1_796_040_000
USERS = [f"user-{number}" for number in range(400)]
STANDARD: list[dict[str, Any]] = [
    {"percent": 5, "hold": "6h"},
    {"percent": 25, "hold": "12h"},
    {"percent": 100, "hold": "1d"},
]
HOUR = 3600


def plan(name: str = "standard", steps: list[dict[str, Any]] = STANDARD, **spec: Any) -> dict[str, Any]:
    """Return a plan."""
    spec = {"steps": steps} | spec
    return {
        "apiVersion": "flagoperator.dev/v1alpha1",
        "kind": "FlagRolloutPlan",
        "metadata": {"name": name},
        "spec": spec,
    }


def ramped(name: str = "checkout", percent: int = 100, **spec: Any) -> dict[str, Any]:
    """Return a flag that names the plan ``standard`` in one line."""
    return flag(name, percent, **{"ramp": {"plan": "standard"}} | spec)


class Ramping:
    """Started at once."""

    def __init__(self, stage: Stage, folder: Path, *options: str) -> None:
        self.stage = stage
        self._options = options
        self._clock = folder / "clock"
        self._now = NOON
        self.after(0)
        self.operator = self.start()
        self.second = free_address()
        self.replicas = stage.replicas(operators=(stage.address, self.second))
        stage.until(lambda: len(self.operator.replicas()) == 2)

    def start(self, listen: str = "") -> Operator:
        """Start an operator, at the address that all replicas know or at another."""
        options = ("--relist-interval", "5", *self._options)
        return self.stage.operator(*options, listen=listen, program=(sys.executable, PROGRAM, self._clock))

    def after(self, seconds: int) -> None:
        """Let so many seconds pass."""
        self._now += seconds
        new = self._clock.with_suffix(".new")
        new.write_text(str(self._now))
        new.replace(self._clock)

    def rollout(self, name: str = "checkout") -> dict[str, Any]:
        """Return what the status says of a rollout."""
        return dict(self.stage.get("Flag", name).get("status", {}).get("rollout", {}))

    def wait(self, reason: str, percent: str, name: str = "checkout") -> dict[str, Any]:
        """Wait until a rollout of the present generation stands at `percent` for `reason`; return it."""

        def there() -> bool:
            obj = self.stage.get("Flag", name)
            status = obj.get("status", {})
            found = status.get("rollout", {}).get("reason"), status.get("effective", {}).get("percent")
            return found == (reason, percent) and status["observedGeneration"] == obj["metadata"]["generation"]

        self.stage.until(there, lambda: json.dumps(self.stage.get("Flag", name).get("status"), indent=1))
        return self.rollout(name)

    def condition(self, kind: str, name: str = "checkout") -> str:
        """Return status and reason of a condition."""
        found = self.stage.get("Flag", name)["status"]["conditions"]
        return next((f"{each['status']} {each['reason']}" for each in found if each["type"] == kind), "")

    def ask(self, verb: str, token: str, name: str = "checkout") -> None:
        """Ask something of a rollout, as somebody with kubectl would."""
        self.stage.kubectl("annotate", "flag", name, f"flagoperator.dev/{verb}={token}", "--overwrite")

    def admitted(self, name: str = "checkout") -> set[str]:
        """Return who gets the flag, once every replica says the same: one that has just connected may lag."""

        def agreed() -> list[set[str]]:
            first, second = (self._admitted(each, name) for each in self.replicas.values())
            return [first] if first == second else []

        return self.stage.until(agreed)[0]

    def admitted_since(self, few: set[str]) -> set[str]:
        """Return who gets the flag from any replica, at least `few`: in the middle of a step they may differ."""
        found: set[str] = set().union(*(self._admitted(each, "checkout") for each in self.replicas.values()))
        assert few <= found
        return found

    def _admitted(self, replica: Process, name: str) -> set[str]:
        return {user for user in USERS if self.stage.variant(replica, name, user) == "on"}

    def apply_together(self, *objects: dict[str, Any], folder: Path) -> None:
        """Apply objects by one call of kubectl, in this order."""
        file = folder / "together.yaml"
        file.write_text(yaml.safe_dump_all(objects))
        self.stage.kubectl("apply", "--server-side", "-f", str(file))
