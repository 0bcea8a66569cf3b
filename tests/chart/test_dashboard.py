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
