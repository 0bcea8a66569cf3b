"""The dashboard of the chart: off unless asked for, restricted, without any right or token of its own."""

from __future__ import annotations

import pytest

from tests.chart.helm import find, objects

NAME = "flagoperator-dashboard"


def test_it_is_off_unless_asked_for():
    assert not [each for each in objects() if each["metadata"]["name"].startswith(NAME)]


def test_it_has_no_right_and_no_token_of_its_own():
    found = objects(dashboard__enabled="true")
    pod = find(found, "Deployment", NAME)["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert find(found, "ServiceAccount", NAME)["automountServiceAccountToken"] is False
    subjects = [subject for each in found for subject in each.get("subjects") or ()]
    assert NAME not in {subject["name"] for subject in subjects}
    assert "--api-server=https://kubernetes.default.svc" in pod["containers"][0]["args"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_nobody_reaches_it_who_is_not_listed():
    found = objects(dashboard__enabled="true")
    ingress = find(found, "NetworkPolicy", f"{NAME}-ingress")["spec"]
    assert ingress["policyTypes"] == ["Ingress"]
    assert not ingress.get("ingress")
    egress = find(found, "NetworkPolicy", f"{NAME}-egress")["spec"]["egress"]
    assert {port["port"] for rule in egress for port in rule["ports"]} == {53, 443, 6443}


@pytest.mark.parametrize(("secret", "scheme", "port"), [("", "HTTP", 80), ("dashboard-tls", "HTTPS", 443)])
def test_with_a_certificate_it_answers_over_https(secret: str, scheme: str, port: int):
    found = objects(dashboard__enabled="true", dashboard__tlsSecretName=secret)
    container = find(found, "Deployment", NAME)["spec"]["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["scheme"] == scheme
    assert ("--tls-cert=/tls/tls.crt" in container["args"]) is bool(secret)
    assert find(found, "Service", NAME)["spec"]["ports"][0]["port"] == port


def test_buttons_ask_for_the_rights_of_the_policy_where_there_is_one():
    found = objects(dashboard__enabled="true", rolloutVerbs__enabled="true")
    assert "--rollout-verbs" in find(found, "Deployment", NAME)["spec"]["template"]["spec"]["containers"][0]["args"]


def test_with_tls_of_the_operator_it_asks_which_replica_serves_what_and_without_it_no_token_travels():
    found = objects(dashboard__enabled="true", tls__operator__secretName="operator-tls")
    pod = find(found, "Deployment", NAME)["spec"]["template"]["spec"]
    assert "--operator=https://flagoperator.flags.svc:8016" in pod["containers"][0]["args"]
    mounted = next(each for each in pod["volumes"] if each["name"] == "operator")["secret"]
    assert mounted == {"secretName": "operator-tls", "optional": True, "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    operator = find(found, "Deployment", "flagoperator")["spec"]["template"]["spec"]["containers"][0]
    assert "--serving-listen=0.0.0.0:8016" in operator["args"]
    assert 8016 in {port["port"] for port in find(found, "Service", "flagoperator")["spec"]["ports"]}
    assert "serving" in ports(find(found, "NetworkPolicy", "flagoperator-ingress")["spec"]["ingress"])
    assert "serving" in ports(find(found, "NetworkPolicy", f"{NAME}-egress")["spec"]["egress"])

    found = objects(dashboard__enabled="true")
    args = find(found, "Deployment", NAME)["spec"]["template"]["spec"]["containers"][0]["args"]
    assert not [each for each in args if each.startswith("--operator")]
    operator = find(found, "Deployment", "flagoperator")["spec"]["template"]["spec"]["containers"][0]
    assert "--serving-listen=127.0.0.1:8016" in operator["args"]


def ports(rules):
    return {port["port"] for rule in rules for port in rule["ports"]}


@pytest.mark.parametrize("enabled", ["true", "false"])
def test_the_operator_may_ask_who_may_get_flags_only_where_there_is_a_dashboard(enabled: str):
    found = objects(dashboard__enabled=enabled)
    resources = [
        resource
        for each in found
        if each["kind"] == "ClusterRole" and each["metadata"]["name"].endswith("-operator")
        for rule in each["rules"]
        for resource in rule["resources"]
    ]
    assert resources.count("subjectaccessreviews") == (enabled == "true")
    assert resources.count("tokenreviews") == 1
