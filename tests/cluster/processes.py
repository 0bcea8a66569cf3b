"""Operators and replicas as their users run them: processes of their own, on loopback."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.wire.process import Process

if TYPE_CHECKING:
    from collections.abc import Sequence

BIN = Path(sys.executable).parent
ANY = "127.0.0.1:0"


class Operator(Process):
    """``flagoperator run``."""

    listening = re.compile(r"rulesets on (\S+), management on (\S+)")

    def __init__(
        self,
        kubeconfig: Path,
        lease_namespace: str,
        *options: str,
        listen: str = ANY,
        program: Sequence[str | Path] = (BIN / "flagoperator",),
    ) -> None:
        super().__init__(
            *(*program, "run", "--kubeconfig", kubeconfig, "--log-format", "json"),
            *("--lease-namespace", lease_namespace, "--listen", listen, "--management-listen", ANY, *options),
        )

    def state(self) -> dict[str, Any]:
        """Return what /readyz says, ready or not."""
        return dict(json.loads(self.get("/readyz")[1]))

    def replicas(self) -> dict[str, dict[str, str]]:
        """Return the revisions by project that each replica serves."""
        return dict(self.state()["replicas"])


class Replica(Process):
    """``flagd serve --operator``."""

    def __init__(
        self, operators: Sequence[str], name: str, *options: str, program: Sequence[str | Path] = (BIN / "flagd",)
    ) -> None:
        self.name = name
        super().__init__(
            *(*program, "serve", "--operator", ",".join(operators), "--name", name, "--log-format", "json"),
            *("--listen", ANY, "--management-listen", ANY, "--ruleset-listen", ANY, "--transport", "grpcio", *options),
        )
