"""Site: two operators, two replicas and what is between them, to be broken and made whole again.

The operators reach the API server through a proxy, the replicas the operators through a relay each. One replica
serves by grpc.aio, one by Envoy; both keep what they serve on disk. What breaks comes back with `recover`.
"""

from __future__ import annotations

import os
import random
import signal
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from threading import active_count
from typing import TYPE_CHECKING, Any, Self

from flagd.last_good.file import LastGoodFile
from flagd.transport.envoy import missing
from tests.cluster.installation import ACCOUNT, SYSTEM
from tests.cluster.proxy import Proxy
from tests.cluster.refusal import Refusal
from tests.cluster.relay import Relay
from tests.cluster.script import STILL
from tests.cluster.stage import Stage
from tests.cluster.traffic import Traffic
from tests.ports import free_address

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane
    from tests.cluster.processes import Operator, Replica

PLAIN, ENVOY = "flagd-plain", "flagd-envoy"
WRITTEN = ("Flag", "FlagSegment")
RELIST_SECONDS = "10"
RECOVERY_SECONDS = 180
CONVERGENCE_SECONDS = 60.0


class Site:
    """Everything in one namespace of `plane`, inside ``with``; state of the replicas is kept in `folder`."""

    def __init__(self, plane: ControlPlane, namespace: str, folder: Path, seed: int) -> None:
        self.plane = plane
        self.operators: dict[str, Operator] = {}
        self.replicas: dict[str, Replica] = {}
        self.past: list[tuple[str, Operator | Replica]] = []
        """Processes that this site ended, whose logs nobody has looked at yet."""
        self.chance = random.Random(seed)
        self.traffic: Traffic
        self.stage = Stage(plane, namespace)
        self.proxy = Proxy(self.stage.kubeconfig)
        self.stage.kubeconfig = self.proxy.kubeconfig
        self.refusal = Refusal(*plane.serving)
        self._addresses = {"operator-a": self.stage.address, "operator-b": free_address()}
        self.links = {name: Relay(address) for name, address in self._addresses.items()}
        self._clients: dict[str, str] = {}
        self._folder = folder
        self._life = ExitStack()
        self._broken = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as life:
            for each in (self.proxy, self.refusal, *self.links.values(), self.stage):
                life.enter_context(each)
            for name in self._addresses:
                self._start_operator(name)
            for name in (PLAIN, ENVOY):
                self._start_replica(name)
            self.settle()
            self._life = life.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._broken.close()
        self._life.close()

    def flowing(self, seed: int) -> Traffic:
        """Return traffic to begin with; its invariants are judged at its end."""
        self._clients = {name: name for name in self.replicas}
        self.plane.service_account(SYSTEM, ACCOUNT)  # a new token, as from a kubelet
        self.traffic = Traffic(self.stage, self.replicas, within=CONVERGENCE_SECONDS, seed=seed)
        return self.traffic

    def leader(self) -> str:
        """Return the name of the operator that decides, once one does."""
        return str(
            self.stage.until(lambda: next((n for n, one in self.operators.items() if one.state()["leading"]), ""))
        )

    def any_replica(self) -> str:
        """Return the name of one, by chance."""
        return self.chance.choice(sorted(self.replicas))

    @property
    def envoy(self) -> int:
        """The process of Envoy, without which one of the replicas cannot answer."""
        pid = self.replicas[ENVOY].pid
        return int(self.stage.until(Path(f"/proc/{pid}/task/{pid}/children").read_text).split()[0])

    def kill(self, operator: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End an operator; it is started again later."""
        self._broken.callback(self._start_operator, operator)
        self._end(operator, number)

    def pause(self, operator: str) -> None:
        """Stop an operator; it goes on later."""
        process = self.operators[operator]
        process.signal(signal.SIGSTOP)
        self._broken.callback(process.signal, signal.SIGCONT)

    def lose(self, replica: str, number: signal.Signals = signal.SIGKILL) -> None:
        """End a replica; it is started again later from what it kept."""
        self._wait_until_kept(replica)
        self._miss(replica)

        def start() -> None:
            self._start_replica(replica)
            self._ask_anew(replica)

        self._broken.callback(start)
        self._end(replica, number)

    def lose_envoy(self) -> None:
        """Kill Envoy; its flagd starts another one, which is a replica that begins with what was kept."""
        self._wait_until_kept(ENVOY)
        self._miss(ENVOY)
        os.kill(self.envoy, signal.SIGKILL)
        self._broken.callback(self._ask_anew, ENVOY)

    def _wait_until_kept(self, replica: str) -> None:
        """Wait until its disk has the flags of this chapter: it is written a second after a change at the latest."""

        def kept() -> bool:
            state = LastGoodFile(self._folder / replica).read()
            ruleset = state and state.rulesets.get(self.stage.namespace)
            return bool(ruleset) and all(flag in ruleset.flags for flag in STILL)

        self.stage.until(kept)

    def suspend(self, replica: str, pid: int = 0) -> None:
        """Stop a replica, or one of its processes; it goes on later."""
        self._miss(replica)
        pid = pid or self.replicas[replica].pid
        os.kill(pid, signal.SIGSTOP)
        self._broken.callback(self._answers, replica)
        self._broken.callback(os.kill, pid, signal.SIGCONT)

    def meanwhile(self, fault: AbstractContextManager[None]) -> None:
        """Let `fault` last until later."""
        self._broken.enter_context(fault)

    def recover(self) -> None:
        """End whatever is broken by this site's own methods."""
        broken, self._broken = self._broken, ExitStack()
        broken.close()

    def settle(self) -> None:
        """Wait until an operator decides, hears every replica, and every process is well.

        Raises AssertionError if that takes too long, and at once if a process has ended by itself: none comes back.
        """
        self.stage.until(self._is_whole, self._condition, seconds=RECOVERY_SECONDS)

    def processes(self) -> dict[str, Operator | Replica]:
        """Return all that run, by name."""
        return {**self.operators, **self.replicas}

    def clear(self) -> None:
        """Delete all objects, for the next traffic to begin with nothing, and wait until nobody has any of them.

        A segment that an operator had still would be part of the next flags that name it.
        """
        for kind in WRITTEN:
            for obj in self.stage.listed(kind):
                self.stage.delete(kind, obj["metadata"]["name"])
        self.stage.until(self._is_empty, seconds=RECOVERY_SECONDS)

    def _is_empty(self) -> bool:
        known = any(map(self._known, self.operators.values()))
        return not known and not any(map(self._served, self.replicas.values()))

    def _known(self, operator: Operator) -> float:
        counts = (
            operator.metric("flagoperator_resources", kind=kind, state=state)
            for kind in WRITTEN
            for state in ("ready", "invalid")
        )
        return sum(count or 0 for count in counts)

    def _served(self, replica: Replica) -> float:
        return replica.metric("flagd_ruleset_flags", project=self.stage.namespace) or 0

    def _is_whole(self) -> bool:
        assert not (ended := self._ended()), f"ended by themselves, with exit codes: {ended}"
        try:
            healthy = all(each.get("/healthz")[0] == 200 for each in self.processes().values())
            # Not only by name: an operator lists for a while the streams of those that a replica replaced.
            connected = all(each.metric("flagd_publishers") == len(self.operators) for each in self.replicas.values())
            states = self._state().values()
        except OSError:  # one of them is starting
            return False
        known = (each["leading"] and each["replicas"].keys() == self.replicas.keys() for each in states)
        return healthy and connected and any(known)

    def _condition(self) -> str:
        """Return, in words, who runs and what the API server says, for the failure that tells of it."""
        try:
            said = self.plane.request("/version")
        except (OSError, ValueError) as error:
            said = error
        return (
            f"ended with exit codes: {self._ended() or 'none'}; the API server: {said}; threads here: {active_count()}"
        )

    def _ended(self) -> dict[str, int]:
        return {name: each.exit_code for name, each in self.processes().items() if each.exit_code is not None}

    def _state(self) -> dict[str, Any]:
        return {name: each.state() for name, each in self.operators.items()}

    def _miss(self, replica: str) -> None:
        self._broken.enter_context(self.traffic.without_replica(self._clients[replica]))

    def _ask_anew(self, replica: str) -> None:
        self._answers(replica)
        self._clients[replica] = self.traffic.replace(self._clients[replica], self.replicas[replica])

    def _answers(self, replica: str) -> None:
        process = self.replicas[replica]
        away = {"UNAVAILABLE", "DEADLINE_EXCEEDED"}
        self.stage.until(lambda: self.stage.answer(process, "still-split")[1] not in away, seconds=RECOVERY_SECONDS)

    def _end(self, name: str, number: signal.Signals) -> None:
        process = self.processes()[name]
        self.past.append((name, process))
        process.signal(number)
        code, wanted = process.wait(), 0 if number is signal.SIGTERM else -number
        assert code == wanted, f"{name} ended with exit code {code} after {number.name}"

    def _start_operator(self, name: str) -> None:
        listen = self._addresses[name]
        self.operators[name] = self.stage.operator("--relist-interval", RELIST_SECONDS, listen=listen)

    def _start_replica(self, name: str) -> None:
        transport = "envoy" if name == ENVOY and not missing() else "grpcio"
        state = self._folder / name
        state.mkdir(exist_ok=True)
        operators = tuple(link.address for link in self.links.values())
        # A new Envoy would listen for probes elsewhere if it were not told where.
        options = ("--transport", transport, "--state-dir", str(state), "--management-listen", free_address())
        self.replicas[name] = self.stage.replica(name, *options, operators=operators)
