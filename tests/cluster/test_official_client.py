"""Flags through the official Python client, as scripts of platform teams handle them: a judge that we did not write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from kubernetes import client, config, watch

from flagd.manifest import KINDS
from tests.cluster.stage import flag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.stage import Stage

GROUP, VERSION = "flagoperator.dev", "v1alpha1"
SECONDS = 60


@pytest.fixture
def api(stage: Stage) -> Iterator[client.ApiClient]:
    with config.new_client_from_config(str(stage.plane.admin)) as api:
        yield api


def published(obj: dict[str, Any]) -> bool:
    conditions = obj.get("status", {}).get("conditions", ())
    return any(each["type"] == "Published" and each["status"] == "True" for each in conditions)


def test_a_flag_is_made_watched_until_it_is_served_changed_and_deleted(stage: Stage, api: client.ApiClient):
    stage.operator()
    stage.replica("flagd-0")
    objects = client.CustomObjectsApi(api)
    where = (GROUP, VERSION, stage.namespace, "flags")
    objects.create_namespaced_custom_object(*where, flag("checkout"))
    stream = watch.Watch().stream(objects.list_namespaced_custom_object, *where, timeout_seconds=SECONDS)
    assert any(published(event["object"]) for event in stream)
    objects.patch_namespaced_custom_object(*where, "checkout", {"spec": {"active": False}})
    assert objects.get_namespaced_custom_object(*where, "checkout")["metadata"]["generation"] == 2
    objects.delete_namespaced_custom_object(*where, "checkout")
    assert objects.list_namespaced_custom_object(*where)["items"] == []


def test_what_the_schema_forbids_is_refused_with_its_reason(stage: Stage, api: client.ApiClient):
    wrong = flag("checkout", allOtherUsers={"percent": 101})
    with pytest.raises(client.ApiException) as refused:
        client.CustomObjectsApi(api).create_namespaced_custom_object(GROUP, VERSION, stage.namespace, "flags", wrong)
    assert refused.value.status == 422
    assert "spec.allOtherUsers.percent" in refused.value.body


def test_every_kind_is_found_by_discovery(api: client.ApiClient):
    found = client.CustomObjectsApi(api).get_api_resources(GROUP, VERSION).resources
    assert {each.kind for each in found if "/" not in each.name} == set(KINDS)
