"""The reason that lint gives for a fault is the reason that the status gives."""

from __future__ import annotations

from typing import Any

import pytest

from flagd.manifest import Severity, validate
from flagoperator.reconcile.condition import condition_of
from flagoperator.reconcile.entry import read_entry
from flagoperator.reconcile.projects import Projects, findings_of
from flagoperator.reconcile.propagation import Progress, Stage
from flagoperator.reconcile.status import Facts, desired_status
from tests.unit.flagd.manifest.wrong import AUDIENCES, FIELDS, FLAGS, GROUPS

WRONG: dict[str, dict[str, Any]] = {
    name: obj
    for table in (FIELDS, FLAGS, GROUPS, AUDIENCES)
    for name, (obj, path, *_) in table.items()
    if path.startswith("spec.") or path == "spec"  # the API server has no object with another fault
}


def status_reason(obj: dict[str, Any]) -> str:
    metadata = {"name": "x", "namespace": "default", "uid": "u", "resourceVersion": "1", "generation": 1}
    entry = read_entry(obj["kind"], {**obj, "metadata": metadata}, None)
    projects = Projects()
    projects.take({entry.ref: entry})
    findings = findings_of(entry, projects.compiled.get("default"))
    status = desired_status(Facts(entry, findings, None, Progress(Stage.SERVED, 1, 1)), "2026-01-01T00:00:00Z")
    ready = condition_of(status, "Ready")
    assert ready is not None
    return str(ready["reason"])


@pytest.mark.parametrize("name", WRONG)
def test_the_status_gives_the_reason_of_lint(name: str):
    _, found = validate(WRONG[name])
    assert status_reason(WRONG[name]) == next(each.reason for each in found if each.severity is Severity.ERROR)
