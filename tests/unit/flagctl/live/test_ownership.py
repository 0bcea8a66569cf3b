from __future__ import annotations

from typing import Any

from flagctl.live.ownership import beyond, managers, taken_over

OWN = {"manager": "flagctl", "operation": "Apply", "fieldsV1": {"f:spec": {"f:active": {}}}}
CLIENT_SIDE = {
    "manager": "kubectl-client-side-apply",
    "operation": "Update",
    "fieldsV1": {"f:spec": {"f:owner": {}, "f:segments": {}, "f:allOtherUsers": {"f:percent": {}}}},
}
STATUS = {"manager": "flagoperator", "operation": "Apply", "subresource": "status", "fieldsV1": {"f:status": {}}}


def obj(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"managedFields": list(entries)}}


def test_who_manages_a_field_is_known_by_its_path():
    both = obj(OWN, CLIENT_SIDE, STATUS)
    assert managers(both, ("spec", "active")) == ["flagctl"]
    assert managers(both, ("spec", "allOtherUsers", "percent")) == ["kubectl-client-side-apply"]
    assert managers(both, ("spec", "allOtherUsers", "weights")) == []
    assert managers({"metadata": {}}, ("spec",)) == []


def test_whoever_manages_a_list_manages_what_is_in_it():
    assert managers(obj(CLIENT_SIDE), ("spec", "segments", "0")) == ["kubectl-client-side-apply"]


def test_what_plain_kubectl_applied_is_taken_over():
    fields = taken_over(obj(OWN, CLIENT_SIDE, STATUS), "flagctl")
    assert fields is not None
    mine, rest = fields
    assert (mine["manager"], mine["operation"]) == ("flagctl", "Apply")
    assert mine["fieldsV1"]["f:spec"].keys() == {"f:active", "f:owner", "f:segments", "f:allOtherUsers"}
    assert rest == STATUS


def test_it_is_taken_over_by_who_has_nothing_yet_too():
    assert taken_over(obj(CLIENT_SIDE), "flagctl") == [{**CLIENT_SIDE, "manager": "flagctl", "operation": "Apply"}]


def test_nothing_is_taken_over_from_anybody_else():
    assert taken_over(obj(OWN, STATUS, {**CLIENT_SIDE, "manager": "argocd-controller"}), "flagctl") is None


def test_fields_that_are_not_in_the_manifest_are_named():
    wanted = {"active": True, "allOtherUsers": {"percent": 5}, "segments": [1]}
    found = {"active": True, "allOtherUsers": {"percent": 5, "weights": {"on": 1}}, "segments": [1, 2], "owner": "x"}
    assert list(beyond(wanted, found)) == ["spec.allOtherUsers.weights", "spec.owner"]
