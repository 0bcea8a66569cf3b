"""The chart: what it renders, and what it refuses."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from flagoperator.lists.settings import read_sources
from flagoperator.lists.source import Source
from scripts.image.__main__ import REGISTRY
from scripts.image.program import PROGRAMS
from tests.chart.helm import CHART, VALUES, attempt, find, objects, render
from tests.cluster.assets import OLDEST

ROOT = Path(__file__).resolve().parents[2]
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
ALERTS: dict[str, Any] = yaml.safe_load((CHART / "files" / "alerts.yaml").read_text())
FILES = [None, *VALUES]


def chosen(path: Path | None) -> tuple[Path, ...]:
    return (path,) if path else ()


def args(found: list[dict[str, Any]], name: str) -> list[str]:
    container = find(found, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]
    return list(container["args"])


@pytest.mark.parametrize("values", FILES, ids=lambda path: path.stem if path else "default")
def test_two_renders_are_the_same_bytes(values: Path | None):
    assert render(*chosen(values)) == render(*chosen(values))


@pytest.mark.parametrize("values", FILES, ids=lambda path: path.stem if path else "default")
def test_every_pod_is_restricted_and_has_no_more_than_it_uses(values: Path | None):
    pods = [
        each["spec"] if each["kind"] == "Pod" else each["spec"]["template"]["spec"]
        for each in objects(*chosen(values))
        if each["kind"] in {"Pod", "Deployment"}
    ]
    assert len(pods) == 3
    for pod in pods:
        assert pod["enableServiceLinks"] is False
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert {"requests", "limits"} <= container["resources"].keys()
    assert sum(pod.get("automountServiceAccountToken", True) for pod in pods) == 1  # the operator


def test_the_grace_of_a_pod_is_longer_than_all_that_it_waits_for():
    for drain in ("0", "15", "60"):
        pod = find(objects(flagd__drainSeconds=drain), "Deployment", "flagd")["spec"]["template"]["spec"]
        asleep = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pod["terminationGracePeriodSeconds"] > asleep + int(drain) + 12


def test_the_replicas_that_a_client_knows_do_not_all_go_before_it_may_look_again():
    cooldown = 30  # gRPC: dns_min_time_between_resolutions_ms; the same in Go, where nobody can set it
    assert find(objects(), "Deployment", "flagd")["spec"]["minReadySeconds"] >= cooldown


def test_the_stream_asks_who_subscribes_by_default_with_a_token_of_an_hour():
    found = objects()
    assert "--subscribers=flags/flagd,flags/flagoperator" in args(found, "flagoperator")
    assert "--operator-token-file=/identity/token" in args(found, "flagd")
    pod = find(found, "Deployment", "flagd")["spec"]["template"]["spec"]
    (source,) = next(each for each in pod["volumes"] if each["name"] == "identity")["projected"]["sources"]
    assert source["serviceAccountToken"] == {"path": "token", "audience": "flagoperator", "expirationSeconds": 3600}


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], {"--peer-token=/identity/token"}),
        ([CHART / "ci" / "tls-values.yaml"], {"--peer-token=/identity/token", "--peer-ca=/identity/ca.crt"}),
    ],
)
def test_a_new_operator_asks_the_others_what_is_served_and_shows_who_it_is(values: list[Path], shown: set[str]):
    found = objects(*values)
    given = args(found, "flagoperator")
    assert "--peers=flagoperator.flags.svc:8015" in given
    assert {each for each in given if each.startswith("--peer-")} == shown
    pod = find(found, "Deployment", "flagoperator")["spec"]["template"]["spec"]
    (identity,) = [each for each in pod["volumes"] if each["name"] == "identity"]
    items = [
        item["key"] for each in identity["projected"]["sources"] for item in each.get("secret", {}).get("items", ())
    ]
    assert items == (["ca.crt"] if values else [])


@pytest.mark.parametrize("name", ["tls-values.yaml", "cert-manager-values.yaml"])
def test_with_certificates_nothing_is_said_to_be_insecure_and_flagd_gets_no_key_of_the_operator(name: str):
    found = objects(CHART / "ci" / name)
    for program in ("flagd", "flagoperator"):
        assert "--insecure" not in args(found, program)
        assert "--tls-cert=/tls/tls.crt" in args(found, program)
    pod = find(found, "Deployment", "flagd")["spec"]["template"]["spec"]
    (identity,) = [each for each in pod["volumes"] if each["name"] == "identity"]
    secrets = [each["secret"] for each in identity["projected"]["sources"] if "secret" in each]
    assert [item["key"] for each in secrets for item in each["items"]] == ["ca.crt"]


@pytest.mark.parametrize("values", FILES, ids=lambda path: path.stem if path else "default")
def test_whoever_may_call_the_pod_of_helm_test_may(values: Path | None):
    found = objects(*chosen(values))
    labels = find(found, "Pod", "flagd-answers")["metadata"]["labels"]
    (rule,) = [
        each
        for each in find(found, "NetworkPolicy", "flagd-ingress")["spec"]["ingress"]
        if each["ports"][0]["port"] == "grpc"
    ]
    selectors = [peer["podSelector"]["matchLabels"] for peer in rule["from"] if peer.keys() == {"podSelector"}]
    assert [each for each in selectors if each.items() <= labels.items()]


def test_helm_test_needs_no_ca_in_the_secret_of_the_port():
    (volume,) = find(objects(tls__flagd__secretName="web"), "Pod", "flagd-answers")["spec"]["volumes"]
    needed = [each["secret"] for each in volume["projected"]["sources"] if not each["secret"].get("optional")]
    assert [item["key"] for each in needed for item in each["items"]] == ["tls.crt"]


def test_rights_over_namespaces_are_roles_there_and_none_of_the_cluster_but_reviews():
    found = objects(CHART / "ci" / "namespaces-values.yaml")
    (role,) = [each for each in found if each["kind"] == "ClusterRole"]
    assert {resource for rule in role["rules"] for resource in rule["resources"]} == {"tokenreviews"}
    roles = {each["metadata"]["namespace"] for each in found if each["kind"] == "Role"}
    assert roles == {"flags", "shop", "ads"}
    assert "--namespaces=shop,ads" in args(found, "flagoperator")


def test_no_role_reads_a_secret_or_writes_more_than_statuses():
    for values in FILES:
        for each in objects(*chosen(values)):
            if each["kind"] not in {"Role", "ClusterRole"} or not each["metadata"]["name"].endswith("-operator"):
                continue
            for rule in each["rules"]:
                assert not {"*", "secrets"} & {*rule["resources"], *rule["verbs"], *rule["apiGroups"]}
                if "flagoperator.dev" in rule["apiGroups"] and not set(rule["verbs"]) <= {"get", "list", "watch"}:
                    assert all(resource.endswith("/status") for resource in rule["resources"])


def test_the_chart_asks_for_no_older_kubernetes_than_the_crds_are_tried_on():
    minor = OLDEST.rpartition(".")[0]
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"] == f">={minor}.0-0"
    assert f"Kubernetes {minor} or later" in (ROOT / "docs/install.md").read_text()


def test_crds_are_kept_unless_told_otherwise_and_follow_the_files():
    found = [each for each in objects() if each["kind"] == "CustomResourceDefinition"]
    assert len(found) == len(list((CHART / "files" / "crds").glob("*.yaml")))
    for crd in found:
        assert crd["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"
        assert "flagoperator.dev/version" in crd["metadata"]["annotations"]
    loose = [each for each in objects(crds__keep="false") if each["kind"] == "CustomResourceDefinition"]
    assert not any("helm.sh/resource-policy" in each["metadata"]["annotations"] for each in loose)
    assert not [each for each in objects(crds__enabled="false") if each["kind"] == "CustomResourceDefinition"]


@pytest.mark.parametrize(("family", "address"), [("IPv4", "0.0.0.0"), ("IPv6", "[::]")])  # noqa: S104 - of a pod
def test_pods_listen_on_every_address_of_their_family(family: str, address: str):
    found = objects(ipFamily=family, dashboard__enabled="true", tls__operator__secretName="operator-tls")
    listening = {
        word.partition("=")[2]
        for name in ("flagd", "flagoperator", "flagoperator-dashboard")
        for word in args(found, name)
        if "listen=" in word
    }
    assert listening == {f"{address}:{port}" for port in (8013, 8014, 8015, 8016, 8020)}


def test_an_autoscaler_and_the_deployment_do_not_both_say_how_many():
    found = objects(flagd__autoscaling__enabled="true")
    assert "replicas" not in find(found, "Deployment", "flagd")["spec"]
    assert find(found, "HorizontalPodAutoscaler", "flagd")["spec"]["minReplicas"] == 2


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"image__tag": "latest"}, "/image/tag"),
        ({"flagd__replicas": "two"}, "/flagd/replicas"),
        ({"flagd__replica": "2"}, "replica"),
        ({"rbac__scope": "Namespaces"}, "/rbac/namespaces"),
        ({"rbac__scope": "cluster"}, "/rbac/scope"),
        ({"rbac__namespaces": "{shop}"}, "/rbac/namespaces"),
        ({"stream__tokenSeconds": "86400"}, "/stream/tokenSeconds"),
        ({"tls__certManager__enabled": "true"}, "issuerRef"),
        ({"networkPolicy__apiServer__cidrs": "{10.0.0.1}"}, "/networkPolicy/apiServer/cidrs"),
        ({"defaultProject": "No_Name"}, "/defaultProject"),
        ({r"commonLabels__app\.kubernetes\.io/instance": "x"}, "app.kubernetes.io/instance"),
        ({"commonLabels__team": "a b"}, "/commonLabels/team"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(settings: dict[str, str], says: str):
    done = attempt(**settings)
    assert done.returncode != 0
    assert says in done.stderr.replace(".", "/") or says in done.stderr


def keys(value: Any, path: str = "") -> set[str]:
    """Every path of a map in `value`; empty maps are for users to fill."""
    if not isinstance(value, dict) or not value:
        return {path}
    return {found for key, each in value.items() for found in keys(each, f"{path}.{key}")}


def described(schema: dict[str, Any], path: str = "") -> set[str]:
    below = {found for key, each in inner(schema).items() for found in described(each, f"{path}.{key}")}
    return below or {path}


def inner(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a map of the values may have, by its key."""
    return dict(resolved(schema).get("properties", {}))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").removeprefix("#/definitions/")
    return dict(SCHEMA["definitions"][name]) if name else schema


def test_the_schema_is_strict_and_has_every_key_of_the_values_and_no_other():
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    free = (".resources", ".labels", ".issuerRef")

    def shape(paths: set[str]) -> set[str]:
        return {re.sub(rf"({'|'.join(map(re.escape, free))})(\..*)?$", r"\1", path) for path in paths}

    assert shape(keys(values)) == shape(described(SCHEMA)) - {".global"}

    def strict(schema: dict[str, Any]) -> bool:
        found = inner(schema)
        return not found or (resolved(schema).get("additionalProperties") is False and all(map(strict, found.values())))

    assert strict(SCHEMA)


def test_every_alert_asks_for_metrics_that_exist_and_says_what_to_do():
    known = "\n".join((ROOT / "docs" / name).read_text() for name in ("metrics.md", "operator.md"))
    rules = [rule for group in ALERTS["groups"] for rule in group["rules"]]
    for rule in rules:
        assert rule["annotations"]["runbook"].endswith(".")
        metrics = re.findall(r"flag(?:d|operator|_rollout)_[a-z_]+", rule["expr"])
        assert metrics
        for metric in metrics:
            assert metric in known or metric.removesuffix("_count") in known, rule["alert"]
    dashboard = (CHART / "files" / "dashboard.json").read_text()
    for metric in re.findall(r"flag(?:d|operator|_rollout)_[a-z_]+", dashboard):
        assert re.sub(r"_(count|bucket)$", "", metric) in known


def test_the_operator_asks_the_prometheus_that_is_named_and_may_reach_it():
    def egress(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return list(find(found, "NetworkPolicy", "flagoperator-egress")["spec"]["egress"])

    named = objects(
        prometheus__url="http://prometheus.monitoring:9090", prometheus__namespaceLabel="exported_namespace"
    )
    added = set(args(named, "flagoperator")) - set(args(objects(), "flagoperator"))
    assert added == {
        "--prometheus-url=http://prometheus.monitoring:9090",
        "--prometheus-namespace-label=exported_namespace",
    }
    monitoring = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    (rule,) = [each for each in egress(named) if each not in egress(objects())]
    assert rule == {"ports": [{"port": 9090, "protocol": "TCP"}], "to": monitoring}


def test_flagd_sends_spans_to_the_collector_that_is_named_and_may_reach_it():
    def egress(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return list(find(found, "NetworkPolicy", "flagd-egress")["spec"]["egress"])

    named = objects(flagd__tracing__collector="otel-collector.monitoring:4317", flagd__accessLog="true")
    added = set(args(named, "flagd")) - set(args(objects(), "flagd"))
    assert added == {"--trace-to=otel-collector.monitoring:4317", "--trace-percent=1", "--access-log=-"}
    monitoring = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}]
    (rule,) = [each for each in egress(named) if each not in egress(objects())]
    assert rule == {"ports": [{"port": 4317, "protocol": "TCP"}], "to": monitoring}


def test_flagd_tells_of_exposures_whom_it_is_told_to_with_a_key_of_a_secret_and_may_reach_it():
    sink = "amplitude+https://api2.amplitude.com/2/httpapi"
    named = objects(flagd__events__to=sink, flagd__events__secretName="amplitude", flagd__events__assignments="true")
    added = set(args(named, "flagd")) - set(args(objects(), "flagd"))
    assert added == {f"--events-to={sink}", "--events-key-file=/events/key", "--assignment-events"}
    pod = find(named, "Deployment", "flagd")["spec"]["template"]["spec"]
    (volume,) = [each for each in pod["volumes"] if each["name"] == "events"]
    assert volume["secret"] == {"secretName": "amplitude", "items": [{"key": "key", "path": "key"}]}
    rules = find(named, "NetworkPolicy", "flagd-egress")["spec"]["egress"]
    assert {"ports": [{"port": 443, "protocol": "TCP"}]} in rules
    assert {"ports": [{"port": 443, "protocol": "TCP"}]} not in find(objects(), "NetworkPolicy", "flagd-egress")[
        "spec"
    ]["egress"]


def test_the_deletion_policy_is_off_by_default():
    assert not [each for each in objects() if each["kind"] == "ValidatingAdmissionPolicy"]
    assert [each for each in objects(deletionPolicy__enabled="true") if each["kind"] == "ValidatingAdmissionPolicy"]


def test_the_chart_has_the_version_of_the_programs():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["version"] == chart["appVersion"] == version("flagoperator")


def test_artifact_hub_is_told_of_every_kind_and_image():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    told = {name: yaml.safe_load(chart["annotations"][f"artifacthub.io/{name}"]) for name in ("crds", "images")}
    definitions = [yaml.safe_load(path.read_text()) for path in (CHART / "files" / "crds").glob("*.yaml")]
    assert {(each["name"], each["kind"], each["version"]) for each in told["crds"]} == {
        (each["metadata"]["name"], each["spec"]["names"]["kind"], version["name"])
        for each in definitions
        for version in each["spec"]["versions"]
    }
    assert {each["image"] for each in told["images"]} == {
        f"{REGISTRY}/{name}:{chart['appVersion']}" for name in PROGRAMS
    }


def test_the_operator_gets_the_sources_of_lists_with_their_secrets_and_folders(tmp_path: Path):
    values = tmp_path / "lists-values.yaml"
    sources = {
        "warehouse": {
            "url": "https://warehouse.example/flags/",
            "tokenSecret": {"name": "warehouse"},
            "caSecret": {"name": "warehouse", "key": "tls.crt"},
            "namespaces": ["shop"],
        },
        "exports": {"volume": {"persistentVolumeClaim": {"claimName": "exports"}}, "intervalSeconds": 5},
    }
    values.write_text(yaml.safe_dump({"lists": {"sources": sources}}))
    found = objects(values)
    assert "--list-sources=/lists/settings/sources.yaml" in args(found, "flagoperator")
    (settings,) = [each for each in found if each["metadata"]["name"].startswith("flagoperator-lists-")]
    (file := tmp_path / "sources.yaml").write_text(settings["data"]["sources.yaml"])
    assert read_sources(file) == {
        "warehouse": Source(
            "warehouse",
            url="https://warehouse.example/flags/",
            token_file=Path("/lists/credentials/warehouse/token"),
            ca_file=Path("/lists/credentials/warehouse/ca.crt"),
            namespaces=frozenset(["shop"]),
        ),
        "exports": Source("exports", folder=Path("/lists/folders/exports"), interval_seconds=5.0),
    }
    pod = find(found, "Deployment", "flagoperator")["spec"]["template"]["spec"]
    volumes = {each["name"]: each for each in pod["volumes"]}
    mounts = {each["mountPath"]: volumes[each["name"]] for each in pod["containers"][0]["volumeMounts"]}
    assert mounts["/lists/settings"]["configMap"]["name"] == settings["metadata"]["name"]
    assert mounts["/lists/folders/exports"]["persistentVolumeClaim"] == {"claimName": "exports"}
    assert [each["secret"]["items"] for each in mounts["/lists/credentials"]["projected"]["sources"]] == [
        [{"key": "token", "path": "warehouse/token"}],
        [{"key": "tls.crt", "path": "warehouse/ca.crt"}],
    ]
    egress = find(found, "NetworkPolicy", "flagoperator-egress")["spec"]["egress"]
    assert [{"port": 443, "protocol": "TCP"}] in [rule["ports"] for rule in egress]


def test_a_source_of_lists_is_a_server_over_https_or_a_folder():
    for wrong in (
        {"lists__sources__a__url": "http://warehouse.example"},
        {"lists__sources__a__url": "https://me@warehouse.example"},
        {"lists__sources__a__intervalSeconds": "5"},
        {"lists__sources__a__url": "https://w.example", "lists__sources__a__volume__emptyDir__medium": "Memory"},
    ):
        assert attempt(**wrong).returncode != 0


def test_an_image_is_pinned_by_its_digest_and_no_other_is():
    digest = f"sha256:{'0a' * 32}"
    found = objects(image__registry="registry.example/flags", image__tag="1.2.3", image__digests__flagd=digest)
    images = {
        name: find(found, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]["image"]
        for name in ("flagd", "flagoperator")
    }
    assert images == {
        "flagd": f"registry.example/flags/flagd:1.2.3@{digest}",
        "flagoperator": "registry.example/flags/flagoperator:1.2.3",
    }
