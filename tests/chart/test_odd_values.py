"""Odd names and values: texts that look like numbers, labels in several places, namespaces that look alike."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.chart.helm import CHART, find, template

SMALL = ("--set=crds.enabled=false", "--set=deletionPolicy.enabled=true", "--set=rolloutVerbs.enabled=true")
MONITORS = ("serviceMonitor", "prometheusRule", "dashboard")


def test_two_installations_share_no_name_of_the_cluster():
    def cluster_scoped(release: str, namespace: str) -> set[tuple[str, str]]:
        found = yaml.safe_load_all(template(release, namespace, *SMALL).stdout)
        return {(each["kind"], each["metadata"]["name"]) for each in found if "namespace" not in each["metadata"]}

    long = "n" * 62
    names = [
        cluster_scoped(*each) for each in (("c", "a-b"), ("b-c", "a"), ("flags", f"{long}a"), ("flags", f"{long}b"))
    ]
    assert all(names)
    assert len(set.union(*names)) == sum(map(len, names))


TEXTS = (
    *("defaultProject", "image.tag", "stream.audience", "tls.flagd.secretName", "tls.operator.secretName"),
    *("commonLabels.team", "imagePullSecrets[0].name", "rbac.namespaces[0]", "dashboard.tlsSecretName"),
    *("dashboard.hosts[0]", "dashboard.namespaces[0]", "flagd.priorityClassName", "operator.priorityClassName"),
    *(
        "lists.sources.a.caSecret.name",
        "lists.sources.a.tokenSecret.name",
        "lists.sources.a.tokenSecret.key",
        "tls.certManager.issuerRef.name",
    ),
    *("flagd.events.secretName", "flagd.podAnnotations.a", "flagd.nodeSelector.a", "monitoring.dashboard.labels.a"),
)
SWITCHES = {
    "rbac.scope": "Namespaces",
    "dashboard.enabled": "true",
    "monitoring.serviceMonitor.enabled": "true",
    "monitoring.prometheusRule.enabled": "true",
    "monitoring.dashboard.enabled": "true",
    "flagd.events.to": "otlp+https://sink/v1/logs",
    "flagd.autoscaling.enabled": "true",
    "tls.certManager.enabled": "true",
    "tls.certManager.issuerRef.kind": "Issuer",
    "lists.sources.a.url": "https://lists.example/a",
}
EVERY = {path.relative_to(CHART.parent).as_posix() for path in (CHART / "templates").rglob("*.yaml")}
UNTOUCHED = {"flagoperator/templates/crds.yaml", "flagoperator/templates/extra.yaml"}  # others' text, as it is


def leaves(value: Any, path: str = "") -> dict[str, type]:
    if isinstance(value, dict):
        return {found: kind for key, each in value.items() for found, kind in leaves(each, f"{path}.{key}").items()}
    if isinstance(value, list):
        return {found: kind for i, each in enumerate(value) for found, kind in leaves(each, f"{path}[{i}]").items()}
    return {path: type(value)}


@pytest.mark.parametrize("odd", ["123", "1e3", "true", "null", "0x1f"])
def test_what_is_text_stays_text_even_if_it_looks_like_a_number(odd: str):
    def kinds(text: str) -> list[dict[str, type]]:
        words = [f"--set-string={name}={text}" for name in TEXTS]
        done = template(text, text, *SMALL, *words, *(f"--set={name}={value}" for name, value in SWITCHES.items()))
        assert done.returncode == 0, done.stderr
        assert set(re.findall(r"^# Source: (.*)$", done.stdout, re.MULTILINE)) == EVERY - UNTOUCHED
        return [leaves(each) for each in yaml.safe_load_all(done.stdout)]

    assert kinds(odd) == kinds("word")


class Twice(yaml.SafeLoader):
    """A loader that finds keys which are in a map twice; the API server and Helm do not agree on what they mean."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        assert len(keys) == len(set(keys)), keys
        return super().construct_mapping(node, deep=deep)


def test_labels_and_annotations_of_a_user_never_stand_twice_and_the_narrower_counts():
    labels = {"commonLabels.team": "all", **{f"monitoring.{each}.labels.team": "one" for each in MONITORS}}
    annotation = r"flagd.podAnnotations.kubectl\.kubernetes\.io/default-container"
    words = [
        f"--set={name}={value}"
        for name, value in {**SWITCHES, **labels, annotation: "proxy", "tls.certManager.issuerRef.name": "ca"}.items()
    ]
    text = template("test", "flags", *SMALL, "--set=rbac.namespaces={flags}", *words).stdout
    found = list(yaml.load_all(text, Twice))
    assert find(found, "ServiceMonitor", "flagd")["metadata"]["labels"]["team"] == "one"
    assert find(found, "Service", "flagd")["metadata"]["labels"]["team"] == "all"
    pod = find(found, "Deployment", "flagd")["spec"]["template"]["metadata"]
    assert pod["annotations"]["kubectl.kubernetes.io/default-container"] == "proxy"
