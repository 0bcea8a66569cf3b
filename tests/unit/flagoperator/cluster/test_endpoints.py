"""The pods behind a Service are read from its EndpointSlices, whatever these leave out."""

from __future__ import annotations

from typing import Any

import pytest

from flagoperator.cluster.endpoints import Endpoint, find_endpoints


class Api:
    """Answers with `items`, and keeps what it was asked."""

    def __init__(self, items: list[dict[str, Any]] | None) -> None:
        self.items = items
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def get(self, path: str, **query: str) -> dict[str, Any]:
        self.asked.append((path, query))
        return {"items": self.items}


def pod(name: str, address: str, **conditions: bool) -> dict[str, Any]:
    return {"targetRef": {"name": name}, "addresses": [address], "conditions": conditions}


async def found(items: list[dict[str, Any]] | None) -> frozenset[Endpoint]:
    return await find_endpoints(Api(items), "flags", "flagd")  # type: ignore[arg-type]


async def test_the_slices_of_one_service_are_asked_for():
    api = Api([])
    await find_endpoints(api, "flags", "flagd")  # type: ignore[arg-type]
    [(path, query)] = api.asked
    assert path == "/apis/discovery.k8s.io/v1/namespaces/flags/endpointslices"
    assert query["labelSelector"] == "kubernetes.io/service-name=flagd"


@pytest.mark.parametrize(("conditions", "ready"), [({"ready": True}, True), ({"ready": False}, False), ({}, True)])
async def test_a_pod_is_ready_unless_it_says_otherwise(conditions: dict[str, bool], ready: bool):
    assert await found([{"endpoints": [pod("a", "10.0.0.1", **conditions)]}]) == {Endpoint("a", "10.0.0.1", ready)}


async def test_a_pod_in_two_slices_is_one():
    twice = [{"endpoints": [pod("a", "10.0.0.1")]}, {"endpoints": [pod("a", "10.0.0.1"), pod("b", "10.0.0.2")]}]
    assert {each.pod for each in await found(twice)} == {"a", "b"}
    assert len(await found(twice)) == 2


@pytest.mark.parametrize(
    "items",
    [
        None,
        [],
        [{}],
        [{"endpoints": None}],
        [{"endpoints": [{"addresses": ["10.0.0.1"]}]}],
        [{"endpoints": [{"targetRef": {"name": "a"}}]}],
    ],
)
async def test_what_is_no_pod_or_has_no_address_is_left_out(items: list[dict[str, Any]] | None):
    assert await found(items) == frozenset()
