from __future__ import annotations

from typing import Any

from flagoperator.reconcile.entry import manager_of, read_entry

GOOD: dict[str, Any] = {"active": True, "variants": [{"key": "on"}]}


def obj(spec: Any = GOOD, generation: int = 1, uid: str = "1", **fields: Any) -> dict[str, Any]:
    metadata = {"name": "f", "namespace": "shop", "uid": uid, "resourceVersion": "7", "generation": generation}
    return {"metadata": metadata | fields.pop("metadata", {}), "spec": spec, **fields}


def test_an_object_of_the_cluster_becomes_an_entry():
    entry = read_entry("Flag", obj(status={"published": "2/2"}), None)
    assert (str(entry.ref), entry.key, entry.version, entry.valid) == ("Flag shop/f", "f", "7", True)
    assert entry.status == {"published": "2/2"}


def test_an_invalid_edit_keeps_the_newest_valid_form():
    before = read_entry("Flag", obj(), None)
    after = read_entry("Flag", obj({"variants": 1}, generation=2), before)
    assert not after.valid
    assert after.resource is before.resource
    assert read_entry("Flag", obj({"variants": 1}), None).resource is None


def test_a_spec_that_did_not_change_is_not_looked_at_again():
    before = read_entry("Flag", obj(), None)
    asked = {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}, "resourceVersion": "8"}
    after = read_entry("Flag", obj(metadata=asked, status={"published": "1/1"}), before)
    assert after.resource is before.resource
    assert (after.version, after.request, after.status) == ("8", "now", {"published": "1/1"})


def test_another_spec_of_the_same_generation_is_looked_at():
    before = read_entry("Flag", obj(), None)
    assert read_entry("Flag", obj(GOOD | {"active": False}), before).resource.spec.active is False


def test_another_object_of_the_name_inherits_nothing():
    before = read_entry("Flag", obj(), None)
    assert read_entry("Flag", obj({"variants": 1}, uid="2"), before).resource is None


def test_a_status_that_nobody_of_ours_wrote_is_none():
    assert read_entry("Flag", obj(status={"deep": 1 << 70}), None).status == {}


def wrote(manager: str, time: str, **fields: Any) -> dict[str, Any]:
    return {"manager": manager, "time": time, "fieldsV1": {"f:spec": {}}, **fields}


def test_the_manager_is_who_wrote_the_spec_last():
    fields = [wrote("kubectl", "1"), wrote("argocd", "2"), wrote("flagoperator", "3", subresource="status")]
    assert manager_of(obj(metadata={"managedFields": fields}), "") == "argocd"
    assert manager_of(obj(), "argocd") == ""


def test_of_two_in_one_second_it_is_the_one_who_did_not_write_before():
    fields = [wrote("kubectl", "1"), wrote("argocd", "1")]
    assert manager_of(obj(metadata={"managedFields": fields}), "kubectl") == "argocd"
    assert manager_of(obj(metadata={"managedFields": fields}), "argocd") == "kubectl"
