"""The notes: what somebody reads who has just installed the chart."""

from __future__ import annotations

import base64
import json

import pytest
import yaml

from tests.chart.helm import NAMESPACE, find, template

NOTES = '{{ include "flagoperator/templates/NOTES.txt" . | b64enc }}'
SHOWN = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "notes"}, "data": {"text": NOTES}}


def notes(*words: str) -> str:
    """Return what Helm prints after an installation; it renders notes for a cluster only."""
    done = template("test", NAMESPACE, f"--set-json=extraObjects=[{json.dumps(SHOWN)}]", *words)
    assert done.returncode == 0, done.stderr
    found = find([each for each in yaml.load_all(done.stdout, yaml.CSafeLoader) if each], "ConfigMap", "notes")
    return base64.b64decode(found["data"]["text"]).decode()


@pytest.mark.parametrize(
    ("words", "project"),
    [
        ([], "default"),
        (["--set=defaultProject=shop"], "shop"),
        (["--set=rbac.scope=Namespaces", "--set=rbac.namespaces={ads,shop}"], "ads"),
        (["--set=rbac.scope=Namespaces", "--set=rbac.namespaces={ads,shop}", "--set=defaultProject=shop"], "shop"),
    ],
)
def test_the_first_flag_is_applied_where_the_operator_looks(words: list[str], project: str):
    assert notes(*words).count(f"--namespace {project} ") == 2


OPEN = {
    "tls.flagd.secretName": "calls to flagd",
    "tls.operator.secretName": "rulesets travel",
    "dashboard.tlsSecretName": "pages of the dashboard",
    "stream.authentication": "gets all rulesets",
    "networkPolicy.enabled": "reaches every port",
    "flagd.deploymentKeys": "need no deployment key",
}
CLOSED = (
    *("--set=tls.flagd.secretName=a", "--set=tls.operator.secretName=b", "--set=flagd.deploymentKeys=required"),
    *("--set=dashboard.enabled=true", "--set=dashboard.tlsSecretName=c"),
)
OPENED = {"stream.authentication": "None", "networkPolicy.enabled": "false", "flagd.deploymentKeys": "optional"}


@pytest.mark.parametrize("name", OPEN)
def test_what_is_not_protected_is_said_with_the_value_that_would_protect_it(name: str):
    assert "Not protected" not in notes(*CLOSED)
    said = notes(*CLOSED, f"--set={name}={OPENED.get(name, '')}")
    (line,) = [line for line in said.partition("Not protected:")[2].splitlines() if line]
    assert OPEN[name] in line
    assert f"({name}" in line
