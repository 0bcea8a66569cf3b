"""TLS in the chart: with a Secret for a component, none of its ports is left in plain text."""

from __future__ import annotations

from tests.chart.helm import CHART, find, objects


def test_with_certificates_every_port_has_tls_and_prometheus_is_told_by_what_to_verify_it():
    found = objects(CHART / "ci" / "tls-values.yaml", monitoring__serviceMonitor__enabled="true")
    for name in ("flagd", "flagoperator"):
        (container,) = find(found, "Deployment", name)["spec"]["template"]["spec"]["containers"]
        assert "--management-tls" in container["args"]
        assert {container[f"{probe}Probe"]["httpGet"]["scheme"] for probe in ("startup", "liveness", "readiness")} == {
            "HTTPS"
        }
        (endpoint,) = find(found, "ServiceMonitor", name)["spec"]["endpoints"]
        assert endpoint["scheme"] == "https"
        assert endpoint["tlsConfig"] == {
            "ca": {"secret": {"name": f"{name}-tls", "key": "ca.crt"}},
            "serverName": f"{name}.flags.svc",
        }


def test_the_secret_of_one_component_changes_nothing_of_the_other():
    found = objects(tls__operator__secretName="b", monitoring__serviceMonitor__enabled="true")
    (container,) = find(found, "Deployment", "flagd")["spec"]["template"]["spec"]["containers"]
    assert "--management-tls" not in container["args"]
    assert "scheme" not in container["livenessProbe"]["httpGet"]
    assert "scheme" not in find(found, "ServiceMonitor", "flagd")["spec"]["endpoints"][0]


def test_somebody_may_say_how_prometheus_verifies_the_pods():
    said = {
        "tls__flagd__secretName": "a",
        "monitoring__serviceMonitor__enabled": "true",
        "monitoring__serviceMonitor__tlsConfig__insecureSkipVerify": "true",
    }
    (endpoint,) = find(objects(**said), "ServiceMonitor", "flagd")["spec"]["endpoints"]
    assert endpoint["tlsConfig"] == {"insecureSkipVerify": True}
