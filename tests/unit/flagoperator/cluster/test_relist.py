"""A list that fails half-way takes nothing away."""

from __future__ import annotations

import asyncio

import pytest

from flagd.manifest import KINDS, Flag
from flagoperator.cluster.address import GROUP_PATH, collection
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.relist import ATTEMPTS, METADATA_PAGE, PAGE, relist, unserved_kinds
from flagoperator.reconcile.resource_cache import ResourceCache
from tests.unit.flagoperator.cluster.api_server import ApiServer
from tests.unit.flagoperator.reconcile.cluster import flag, ref


def cluster(version: int, *flags: dict) -> ApiServer:
    server = ApiServer()
    for kind in KINDS:
        server.objects[collection(kind)] = {"metadata": {"resourceVersion": str(version)}, "items": []}
    server.objects[collection("Flag")]["items"] = list(flags)
    return server


async def test_everything_is_listed():
    cache = ResourceCache()
    assert (await relist(cluster(9, flag("a", 5)), cache, ())).differences == {ref("a")}  # type: ignore[arg-type]
    assert cache.complete


async def test_a_list_that_is_refused_takes_nothing_away():
    cache = ResourceCache()
    await relist(cluster(9, flag("a", 5)), cache, ())  # type: ignore[arg-type]
    server = cluster(12)
    server.failures = [ApiError(403, "Forbidden", "not any more")]
    with pytest.raises(ApiError, match="not any more"):
        await relist(server, cache, ())  # type: ignore[arg-type]
    assert cache.count("Flag") == 1


async def test_kinds_that_are_not_served_are_not_an_empty_list():
    cache = ResourceCache()
    await relist(cluster(9, flag("a", 5)), cache, ())  # type: ignore[arg-type]
    server = cluster(12)
    del server.objects[collection("Flag")]
    with pytest.raises(ApiError):
        await relist(server, cache, ())  # type: ignore[arg-type]
    assert cache.count("Flag") == 1


FLAGS = collection("Flag")


def gets(server: ApiServer) -> list[str]:
    """Return what was asked for about flags."""
    calls = [call.removeprefix("GET ") for call in server.calls]
    return [call for call in calls if call.split()[0] == FLAGS or "/shop/flags/" in call]


async def later(cache: ResourceCache, server: ApiServer) -> set:
    """Make `server` the cluster that `cache` is compared with; return the names of what differed."""
    return {each.name for each in (await relist(server, cache, ())).differences}  # type: ignore[arg-type]


async def test_later_lists_fetch_only_what_differs():
    cache = ResourceCache()
    await later(cache, cluster(9, flag("a", 5), flag("b", 6), flag("c", 7)))
    server = cluster(20, flag("a", 5), flag("b", 18), flag("d", 19))
    server.objects[f"{GROUP_PATH}/namespaces/shop/flags/b"] = flag("b", 18, generation=2)
    assert await later(cache, server) == {"b", "c", "d"}
    at = f"{GROUP_PATH}/namespaces/shop/flags"
    assert gets(server) == [f"{FLAGS} metadata", f"{at}/b", f"{at}/d"]
    assert {each.ref.name: each.generation for each in cache.entries("Flag")} == {"a": 1, "b": 2, "d": 1}


async def test_a_list_of_what_is_known_fetches_nothing():
    cache, flags = ResourceCache(), [flag(f"f{number}", number + 1) for number in range(METADATA_PAGE + 1)]
    await later(cache, cluster(900, *flags))
    server = cluster(901, *flags)
    assert await later(cache, server) == set()
    assert gets(server) == [f"{FLAGS} metadata", f"{FLAGS} metadata {METADATA_PAGE}"]


async def test_where_most_differs_whole_pages_are_read():
    cache = ResourceCache()
    await later(cache, cluster(1))
    server = cluster(900, *(flag(f"f{number}", number + 1) for number in range(PAGE + 1)))
    assert len(await later(cache, server)) == PAGE + 1
    assert gets(server)[-3:] == [f"{FLAGS} metadata {2 * METADATA_PAGE}", FLAGS, f"{FLAGS} {PAGE}"]


async def test_what_the_watch_tells_during_a_list_is_not_fetched():
    class Watching(ApiServer):
        async def get(self, path: str, **query: str) -> dict:
            found = await super().get(path, **query)
            if path == FLAGS:
                cache.observe("Flag", "MODIFIED", flag("a", 18))
            return found

    cache = ResourceCache()
    await later(cache, cluster(9, flag("a", 5)))
    server = Watching()
    server.objects = cluster(20, flag("a", 18)).objects
    assert await later(cache, server) == set()
    assert gets(server) == [f"{FLAGS} metadata"]


async def test_what_is_gone_when_it_is_fetched_is_dropped():
    class Deleting(ApiServer):
        async def get(self, path: str, **query: str) -> dict:
            if path.endswith("/a"):
                raise ApiError(404, "NotFound", path)
            return await super().get(path, **query)

    cache = ResourceCache()
    await later(cache, cluster(9, flag("a", 5), flag("b", 6)))
    server = Deleting()
    server.objects = cluster(20, flag("a", 18), flag("b", 6)).objects
    assert await later(cache, server) == {"a"}
    assert cache.count("Flag") == 1


async def test_a_fetch_that_is_refused_takes_nothing_away():
    cache = ResourceCache()
    await later(cache, cluster(9, flag("a", 5), flag("b", 6)))
    server = cluster(20, flag("a", 18))
    server.refused["/a"] = ApiError(403, "Forbidden", "not any more")
    with pytest.raises(ApiError, match="not any more"):
        await later(cache, server)
    assert cache.count("Flag") == 2


async def test_a_cluster_restored_from_a_backup_is_read_as_a_whole_though_generations_repeat():
    cache = ResourceCache()
    await later(cache, cluster(1000, flag("a", 900), flag("b", 950)))
    cache.drain()
    server = cluster(500, flag("a", 400, allOtherUsers={"percent": 7}))
    assert await later(cache, server) == {"a", "b"}
    assert gets(server) == [f"{FLAGS} metadata", FLAGS]
    assert {(ref.name, entry and entry.version) for ref, entry in cache.drain().items()} == {("a", "400"), ("b", None)}
    entry = cache.entry(ref("a"))
    assert entry is not None
    assert isinstance(entry.resource, Flag)
    assert str(entry.resource.spec.all_other_users.percent) == "7"  # type: ignore[union-attr]


async def test_a_restored_cluster_is_still_believed_when_its_first_list_fails():
    cache = ResourceCache()
    await later(cache, cluster(1000, flag("a", 900)))
    server = cluster(500, flag("a", 400))
    server.refused[FLAGS] = ApiError(500, "InternalError", "not yet")
    with pytest.raises(ApiError, match="not yet"):
        await later(cache, server)
    assert await later(cache, cluster(501, flag("a", 400))) == {"a"}
    assert {each.version for each in cache.entries("Flag")} == {"400"}


@pytest.mark.parametrize("first", [True, False])
async def test_a_list_that_the_api_server_forgets_begins_anew(first: bool):
    cache = ResourceCache()
    if not first:
        await later(cache, cluster(1))
    server = cluster(900, *(flag(f"f{number}", number + 1) for number in range(PAGE + 1)))
    server.refused[f"{FLAGS} {PAGE}" if first else f"{FLAGS} metadata {METADATA_PAGE}"] = ApiError(
        410, "Expired", "too old"
    )
    await later(cache, server)
    assert cache.count("Flag") == PAGE + 1


async def test_a_list_that_is_forgotten_every_time_is_given_up():
    cache = ResourceCache()
    server = cluster(900, flag("a", 5))
    server.failures = [ApiError(410, "Expired", "too old") for _ in range(ATTEMPTS)]
    with pytest.raises(ApiError, match="took too long"):
        await later(cache, server)
    assert len(server.calls) == ATTEMPTS


async def test_a_kind_is_served_where_its_objects_can_be_made():
    server = ApiServer()
    assert await unserved_kinds(server) == set(KINDS)  # type: ignore[arg-type]
    resources = [{"name": f"{kind.lower()}s", "verbs": ["create", "list"]} for kind in KINDS]
    server.objects["/apis/flagoperator.dev/v1alpha1"] = {"resources": resources[:-1]}
    assert await unserved_kinds(server) == {list(KINDS)[-1]}  # type: ignore[arg-type]
    server.objects["/apis/flagoperator.dev/v1alpha1"] = {"resources": resources}
    assert await unserved_kinds(server) == set()  # type: ignore[arg-type]
    resources[0]["verbs"] = ["delete", "deletecollection", "get", "list", "watch"]
    assert await unserved_kinds(server) == {next(iter(KINDS))}, "its definition is being deleted"  # type: ignore[arg-type]


FORBIDDEN = ApiError(403, "Forbidden", "not yours")


def several(version: int, **flags: list[dict]) -> ApiServer:
    """Return an API server with the flags of namespaces."""
    server = ApiServer()
    for kind in KINDS:
        for namespace in flags:
            listed = {"metadata": {"resourceVersion": str(version)}, "items": []}
            server.objects[collection(kind, namespace)] = listed
    for namespace, items in flags.items():
        for item in items:
            item["metadata"]["namespace"] = namespace
        server.objects[collection("Flag", namespace)]["items"] = items
    return server


@pytest.mark.parametrize("kind", ["FlagSegment", "Flag", "FlagGroup"])
@pytest.mark.parametrize("first", [True, False])
async def test_a_namespace_that_may_not_be_read_leaves_the_others_and_keeps_what_was_known(kind: str, first: bool):
    cache = ResourceCache()
    if not first:
        await relist(several(9, na=[flag("a", 5)], nb=[flag("b", 6)]), cache, ("na", "nb"))  # type: ignore[arg-type]
    server = several(20, na=[flag("c", 15)], nb=[])
    server.refused[f"{collection(kind, 'nb')}{'' if first else ' metadata'}"] = FORBIDDEN
    found = await relist(server, cache, ("na", "nb"))  # type: ignore[arg-type]
    assert found.unreadable == {"nb": "not yours"}
    assert cache.complete
    known = {each.ref.name for each in cache.entries("Flag")}
    assert known - {"b"} == {"c"}
    if not first and list(KINDS).index(kind) <= list(KINDS).index("Flag"):
        assert "b" in known


async def test_a_list_fails_where_no_namespace_may_be_read():
    server = several(20, na=[], nb=[])
    server.refused = {collection("Flag", each): FORBIDDEN for each in ("na", "nb")}
    server.refused |= {collection("FlagSegment", each): FORBIDDEN for each in ("na", "nb")}
    with pytest.raises(ApiError, match="not yours"):
        await relist(server, ResourceCache(), ("na", "nb"))  # type: ignore[arg-type]


async def test_another_failure_than_missing_rights_is_that_of_the_list():
    server = several(20, na=[], nb=[])
    server.refused[collection("Flag", "nb")] = ApiError(500, "", "sick")
    with pytest.raises(ApiError, match="sick"):
        await relist(server, ResourceCache(), ("na", "nb"))  # type: ignore[arg-type]
    assert await unserved_kinds(server) == set(KINDS)  # type: ignore[arg-type]
    resources = [{"name": f"{kind.lower()}s", "verbs": ["create", "list"]} for kind in KINDS]
    server.objects["/apis/flagoperator.dev/v1alpha1"] = {"resources": resources[:-1]}
    assert await unserved_kinds(server) == {list(KINDS)[-1]}  # type: ignore[arg-type]
    server.objects["/apis/flagoperator.dev/v1alpha1"] = {"resources": resources}
    assert await unserved_kinds(server) == set()  # type: ignore[arg-type]
    resources[0]["verbs"] = ["delete", "deletecollection", "get", "list", "watch"]
    assert await unserved_kinds(server) == {next(iter(KINDS))}, "its definition is being deleted"  # type: ignore[arg-type]


async def test_the_next_page_is_asked_for_while_one_is_taken_in():
    class Watched(ApiServer):
        async def get(self, path: str, **query: str) -> dict:
            if path == FLAGS and "continue" in query:
                known.append(cache.count("Flag"))
            return await super().get(path, **query)

    cache, server, known = ResourceCache(), Watched(), list[int]()
    server.objects = cluster(900, *(flag(f"f{number}", number + 1) for number in range(PAGE + 1))).objects
    assert len(await later(cache, server)) == PAGE + 1
    assert [count < PAGE for count in known] == [True]


async def test_a_list_that_is_given_up_leaves_no_call_behind():
    class Patient(ApiServer):
        async def get(self, path: str, **query: str) -> dict:
            if "PartialObjectMetadata" in query["accept"] and "continue" in query:
                await asyncio.Event().wait()
            return await super().get(path, **query)

    cache = ResourceCache()
    await later(cache, cluster(1000, flag("a", 900)))
    server = Patient()
    server.objects = cluster(500, *(flag(f"f{number}", number + 1) for number in range(METADATA_PAGE + 1))).objects
    await later(cache, server)
    assert asyncio.all_tasks() == {asyncio.current_task()}
