"""Unseen: flags that no key opens, which nobody sees where keys are required."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.diagnostic import Diagnostic, Severity
from flagd.manifest.kinds import Flag

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.manifest.resource import Resource


def without_deployments(resources: Iterable[Resource]) -> list[Diagnostic]:
    """Return a warning for every flag that lists no deployment."""
    text = "lists no deployment, so no caller sees it where keys are required; list the deployments that may"
    return [
        Diagnostic(Severity.WARNING, "NoDeployments", text, "spec", each.ref)
        for each in resources
        if isinstance(each, Flag) and not each.spec.deployments
    ]
