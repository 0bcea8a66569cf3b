"""Proxy: a relay on loopback between the operator and the API server, whose connections a test cuts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.cluster.relay import Relay

if TYPE_CHECKING:
    from pathlib import Path


class Proxy(Relay):
    """Relays to the API server that a kubeconfig names, inside ``with``; its own `kubeconfig` leads here."""

    def __init__(self, kubeconfig: Path) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        super().__init__(cluster["server"].removeprefix("https://"))
        cluster["server"] = f"https://{self.address}"
        self.kubeconfig = kubeconfig.with_suffix(".proxied")
        self.kubeconfig.write_text(json.dumps(config))
