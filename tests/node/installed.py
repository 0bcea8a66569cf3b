"""Installed: the chart on a node, and pods of others that call it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from scripts.image.__main__ import VERSION
from tests.chart.helm import CHART
from tests.node.machine import DOCUMENTED
from tests.node.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.node.node import Node

SYSTEM, OTHERS = "flags", "shop"
RESTRICTED = {"pod-security.kubernetes.io/enforce": "restricted"}
FLAG = {
    "apiVersion": "flagoperator.dev/v1alpha1",
    "kind": "Flag",
    "metadata": {"name": "hello", "namespace": OTHERS},
    "spec": {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 100}},
}
_SECURITY = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
_POD = {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}}
USER = '--user={"user_id": "ann"}'
SECONDS = 240
LOST = "unable to retrieve container logs"  # what a busy kubelet says of a container that it had to make again


def pod(name: str, program: str, *words: str) -> dict[str, Any]:
    """Return a restricted pod that runs a command in the image of `program`."""
    container = {
        "name": name,
        "image": f"{DOCUMENTED}/{program}:{VERSION}",
        "command": list(words),
        "securityContext": _SECURITY,
    }
    spec = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": _POD,
        "containers": [container],
        "terminationGracePeriodSeconds": 1,
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


class Installed:
    """A release `flags` in SYSTEM; callers live in OTHERS."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._published: dict[str, Any] = {}

    def install(self) -> None:
        """Install as docs/install.md says, and apply a flag of another project."""
        walk(self.node, "Chart")
        self.namespace(OTHERS)
        self.publish(100)

    def namespace(self, name: str) -> None:
        """Make a namespace that takes restricted pods only."""
        self.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": RESTRICTED}})

    def apply(self, *objects: dict[str, Any], namespace: str = OTHERS) -> None:
        """Apply objects."""
        whole = {"apiVersion": "v1", "kind": "List", "items": objects}
        self.kubectl("apply", "--filename=-", namespace=namespace, stdin=json.dumps(whole))

    def helm(self, verb: str, *more: str, chart: Path = CHART) -> None:
        """Install or upgrade with the default values and `more`."""
        release = ("flags", str(chart), f"--namespace={SYSTEM}", "--wait", f"--timeout={SECONDS}s")
        self.node.run("helm", verb, *release, f"--set=image.registry={DOCUMENTED}", *more)

    def publish(self, percent: int, **spec: Any) -> None:
        """Apply the flag with this percentage and more fields, and wait until every replica serves it."""
        self._published = fields = {**FLAG["spec"], "allOtherUsers": {"percent": percent}, **spec}  # type: ignore[dict-item]
        self.apply({**FLAG, "spec": fields})
        generation = self.kubectl("get", "flag/hello", "-ojsonpath={.metadata.generation}")
        for condition in (f"jsonpath={{.status.observedGeneration}}={generation}", "condition=Published"):
            self.kubectl("wait", f"--for={condition}", f"--timeout={SECONDS}s", "flag/hello")

    def restore(self) -> None:
        """Publish the flag as `install` did, if a test left another."""
        if self._published != FLAG["spec"]:
            self.publish(100)

    def kubectl(self, *words: str, namespace: str = OTHERS, stdin: str | None = None) -> str:
        """Return what kubectl prints."""
        return self.node.run("kubectl", f"--namespace={namespace}", *words, stdin=stdin).stdout

    def outcome(self, made: dict[str, Any], namespace: str = OTHERS) -> str:
        """Run a pod to its end, and return its log."""
        logs = (self._outcome(made, namespace) for _ in range(5))
        return next((log for log in logs if not log.startswith(LOST)), LOST)

    def _outcome(self, made: dict[str, Any], namespace: str) -> str:
        name = made["metadata"]["name"]
        self.apply(made, namespace=namespace)
        self.until(lambda: self.phase(name, namespace) in {"Succeeded", "Failed"})
        log = self.log(name, namespace)
        self.kubectl("delete", "pod", name, namespace=namespace)
        return log

    def ask(self, *more: str) -> str:
        """Return what flagctl in a pod says of the flag, or why it gets no answer; `more` are options."""
        asked = ("eval", "--server=flagd.flags.svc:8013", "--flag=hello", USER, *more)
        return self.outcome(pod("ask", "flagctl", "/usr/local/bin/flagctl", *asked))

    def hears(self, expected: str, *more: str) -> None:
        """Ask until the answer has `expected`: in its first second, no network policy lets a pod through."""
        heard: list[str] = []

        def told() -> bool:
            heard.append(self.ask(*more))
            return expected in heard[-1]

        self.until(told, lambda: f"{expected!r} is not in {heard[-1]!r}")

    def phase(self, name: str, namespace: str = OTHERS) -> str:
        """Return what became of a pod."""
        return self.kubectl("get", "pod", name, "-ojsonpath={.status.phase}", namespace=namespace)

    def log(self, name: str, namespace: str = OTHERS) -> str:
        """Return the log of a pod."""
        return self.kubectl("logs", name, namespace=namespace)

    def addresses(self, component: str) -> list[str]:
        """Return the addresses of the running pods of a component."""
        selector = f"--selector=app.kubernetes.io/component={component}"
        found = self.kubectl("get", "pods", selector, "-ojsonpath={.items[*].status.podIP}", namespace=SYSTEM)
        return found.split()

    def pods(self) -> dict[str, tuple[str, str]]:
        """Return the pods of the release that are there to stay: the program and the address of each."""
        found = json.loads(
            self.kubectl(
                "get", "pods", "--selector=app.kubernetes.io/component in (flagd, operator)", "-ojson", namespace=SYSTEM
            )
        )
        return {
            each["metadata"]["name"]: (each["spec"]["containers"][0]["name"], each["status"]["podIP"])
            for each in found["items"]
            if "deletionTimestamp" not in each["metadata"]
        }

    def python(self, pod: str, program: str, *words: str, namespace: str = SYSTEM) -> str:
        """Run a Python program in a pod, and return what it prints."""
        return self.kubectl("exec", pod, "--", "/usr/bin/python3", "-c", program, *words, namespace=namespace)

    def until(self, done: Callable[[], bool], describe: Callable[[], str] = str) -> None:
        """Wait for a condition; the failure says what `describe` returns, and what runs."""
        deadline = time.monotonic() + SECONDS
        while not done():
            if time.monotonic() > deadline:
                pytest.fail(
                    f"waited in vain: {describe()}\n{self.kubectl('get', 'pods', '--all-namespaces', '-owide')}"
                )
            time.sleep(0.3)
