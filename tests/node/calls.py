"""Calls: pods that call flagd all the time, and how many of their calls failed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.docs.page import ROOT
from tests.node.installed import pod

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.node.installed import Installed

NAMESPACE = "callers"  # takes any pod: the providers are a folder of this machine
CALLER = (Path(__file__).parent / "caller.py").read_text()
PACKAGES = ROOT / ".venvs/clients/lib/python3.11/site-packages"
WAYS = {
    "grpc-balanced": ("grpc", "flagd-headless.flags.svc"),
    "grpc": ("grpc", "flagd.flags.svc"),
    "flagd-provider": ("flagd", "flagd.flags.svc"),
    "ofrep-provider": ("ofrep", "flagd.flags.svc"),
}


class Calls:
    """A pod for each of WAYS; those with a provider need the clients that `make clients` installs."""

    def __init__(self, installed: Installed) -> None:
        self._installed = installed
        self._names = [name for name, (way, _) in WAYS.items() if way == "grpc" or PACKAGES.exists()]

    def start(self) -> None:
        """Start the pods, and wait until each has called."""
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
        self._installed.apply(space, *(_with_packages(_pod(name)) for name in self._names), namespace=NAMESPACE)
        for name in self._names:
            self._later(name, (0, 0))

    def stop(self) -> None:
        """Delete the pods."""
        self._installed.kubectl("delete", "pod", *self._names, namespace=NAMESPACE)

    def none_failed(self, names: Sequence[str] = tuple(WAYS)) -> None:
        """Let each of `names` call some more, then look."""
        self.go_on()
        failures = {name: found for name, found in self.failures().items() if name in names}
        assert not any(failures.values()), failures

    def failures(self) -> dict[str, list[str]]:
        """Return how calls of each failed, by its name."""
        return {name: list(self._errors(name)) for name in self._names}

    def go_on(self) -> None:
        """Wait until each has made 20 calls one after the other of which none failed."""
        for name in self._names:
            before = self._counted(name)
            while self._later(name, before)[1] > before[1]:
                before = self._counted(name)

    def _later(self, name: str, before: tuple[int, int]) -> tuple[int, int]:
        self._installed.until(lambda: self._counted(name)[0] > before[0] + 20)
        return self._counted(name)

    def _errors(self, name: str) -> Iterator[str]:
        counted = re.compile(r"calls \d+ failed \d+")
        return (line for line in self._log(name).splitlines() if not counted.fullmatch(line))

    def _counted(self, name: str) -> tuple[int, int]:
        """Return how many calls there were, and how many failed."""
        found = re.findall(r"^calls (\d+) failed (\d+)$", self._log(name), re.MULTILINE)
        return (int(found[-1][0]), int(found[-1][1])) if found else (0, 0)

    def _log(self, name: str) -> str:
        running = self._installed.phase(name, NAMESPACE) == "Running"
        return self._installed.log(name, NAMESPACE) if running else ""


def _pod(name: str) -> dict[str, Any]:
    way, host = WAYS[name]
    return pod(name, "flagctl", "/usr/bin/python3", "-c", CALLER, way, host, "8013")


def _with_packages(made: dict[str, Any]) -> dict[str, Any]:
    """Let the pod import what `make clients` installed on this machine."""
    (container,) = made["spec"]["containers"]
    if made["metadata"]["name"].endswith("provider"):
        container["env"] = [{"name": "PYTHONPATH", "value": "/clients"}]
        container["volumeMounts"] = [{"name": "clients", "mountPath": "/clients", "readOnly": True}]
        made["spec"]["volumes"] = [{"name": "clients", "hostPath": {"path": str(PACKAGES)}}]
    return made
