"""Rendered: what the chart renders, given to an API server."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from tests.chart.helm import NAMESPACE, objects
from tests.cluster.installation import make_namespace

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.control_plane import ControlPlane

FOREIGN = {"Certificate", "ServiceMonitor", "PrometheusRule"}
STRICTLY = ("apply", "--server-side", "--dry-run=server", "--validate=strict", "--force-conflicts")


def kubectl(plane: ControlPlane, stdin: Any, *words: str) -> subprocess.CompletedProcess[str]:
    """Return how a kubectl ended that reads these objects."""
    environment = {**os.environ, "KUBECONFIG": str(plane.admin)}
    argv = [plane.kubectl, *words, "--filename=-"]
    whole = json.dumps({"apiVersion": "v1", "kind": "List", "items": stdin})
    return subprocess.run(argv, input=whole, capture_output=True, text=True, timeout=120, check=False, env=environment)


def complaint(plane: ControlPlane, values: Path | None) -> str:
    """Return what the API server has against the objects that are rendered with a file of values; "" if nothing."""
    for namespace in (NAMESPACE, "shop", "ads"):
        make_namespace(plane, namespace)
    known = [each for each in objects(*([values] if values else [])) if each["kind"] not in FOREIGN]
    done = kubectl(plane, known, *STRICTLY)
    return done.stderr if done.returncode or "Warning" in done.stderr else ""
