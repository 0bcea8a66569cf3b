"""The Python client against a real server. It speaks Connect, which flagd serves where Envoy carries it."""

import asyncio

import pytest

from flagd.backoff import Backoff
from flagd.client import ErrorCode, FlagClient, User
from flagd.client.following import follower
from flagd.transport.envoy import missing
from tests.wire.process import eventually
from tests.wire.shop import BACKEND_KEY, OTHER, SHOP, WEB_KEY, flag

EVE = User("eve")
SECONDS = 60


@pytest.fixture(scope="session")
def transport():
    if lacking := missing():
        pytest.skip(f"Envoy cannot run here: {lacking}")
    return "envoy"


@pytest.fixture
def connect(monkeypatch):
    """Make clients of a process, which are closed after the test."""
    monkeypatch.setattr(follower, "RECONNECT", Backoff(0.1, 0.1))
    made = []

    def connect(process, **options):
        made.append(FlagClient(f"http://{process.listen}", **options))
        return made[-1]

    yield connect
    for one in made:
        one.close()


def _local(manifests):
    return manifests.replace("  active: true\n", "  active: true\n  evaluationMode: Local\n")


def test_a_change_reaches_a_local_client(tmp_path, start, connect):
    (tmp_path / "a.yaml").write_text(_local(flag("a", "one")))
    one = connect(start(tmp_path), project="shop")
    assert one.wait_ready(SECONDS)
    assert one.variant("a", EVE).key == "one"
    (tmp_path / "a.yaml").write_text(_local(flag("a", "two")))
    eventually(lambda: one.variant("a", EVE).key == "two")
    (tmp_path / "b.yaml").write_text(_local(flag("b", "new")))
    eventually(lambda: one.variant("b", EVE).key == "new")
    (tmp_path / "b.yaml").unlink()
    eventually(lambda: one.variant("b", EVE).key == "off")
    health = one.health()
    assert (health.connected, health.stale, health.error, health.flags) == (True, False, "", 1)


def test_a_server_key_opens_the_local_flags_of_its_deployment(tmp_path, start, connect):
    (tmp_path / "all.yaml").write_text(_local(f"{SHOP}---{OTHER}"))
    process = start(tmp_path, "--deployment-keys", "required")
    one = connect(process, key=BACKEND_KEY)
    assert one.wait_ready(SECONDS)
    assert sorted(one.all(User("ann"))) == ["colour", "secret"]
    assert one.variant("secret", User("ann")).key == "on"
    for key, why in (("", "UNAUTHENTICATED"), ("wrong", "UNAUTHENTICATED"), (WEB_KEY, "PERMISSION_DENIED")):
        refused = connect(process, key=key)
        eventually(lambda refused=refused, why=why: why in refused.health().error)
        assert refused.variant("secret", User("ann")).key == "off"


def test_a_key_that_is_withdrawn_leaves_the_last_good_and_health_says_why(tmp_path, start, connect):
    (tmp_path / "all.yaml").write_text(_local(SHOP))
    one = connect(start(tmp_path), key=BACKEND_KEY)
    assert one.wait_ready(SECONDS)
    (tmp_path / "all.yaml").write_text(_local(SHOP).partition("---\nkind: FlagDeployment")[0])
    eventually(lambda: "UNAUTHENTICATED" in one.health().error)
    assert one.health().stale
    assert one.variant("secret", User("ann")).key == "on"


def test_a_client_outlives_its_server_and_finds_the_next(tmp_path, start, connect):
    (tmp_path / "a.yaml").write_text(_local(flag("a", "one")))
    first = start(tmp_path)
    one = connect(first, project="shop", last_good=tmp_path.parent / f"{tmp_path.name}.flags")
    assert one.wait_ready(SECONDS)
    first.stop()
    eventually(lambda: not one.health().connected)
    assert one.variant("a", EVE).key == "one"
    (tmp_path / "a.yaml").write_text(_local(flag("a", "two")))
    start(tmp_path, "--listen", first.listen)
    eventually(lambda: one.variant("a", EVE).key == "two")
    eventually(lambda: one.health().connected)


def test_a_large_ruleset_arrives_whole(tmp_path, start, connect):
    flags = "---".join(_local(flag(f"flag-{number}", f"variant-{number}")) for number in range(1000))
    (tmp_path / "all.yaml").write_text(flags)
    one = connect(start(tmp_path), project="shop")
    assert one.wait_ready(SECONDS)
    assert len(one.all(EVE)) == 1000
    assert one.variant("flag-999", EVE).key == "variant-999"


@pytest.fixture(params=["http", "grpc"])
def ask(request):
    """Make remote clients of a process, which are closed after the test."""
    made = []

    def ask(process, **options):
        url = f"{request.param}://{process.listen}"
        made.append(FlagClient(url, evaluation="remote", timeout=SECONDS, **options))
        return made[-1]

    yield ask
    for one in made:
        one.close()


def test_a_remote_client_is_told_what_a_local_one_decides(tmp_path, start, connect, ask):
    (tmp_path / "all.yaml").write_text(_local(SHOP))
    process = start(tmp_path)
    local, remote = connect(process, project="shop"), ask(process, project="shop")
    assert local.wait_ready(SECONDS)
    assert remote.wait_ready(SECONDS)
    for user in (EVE, User("ann"), User("uma", properties={"plan": "pro", "seats": 42}), User()):
        assert remote.all(user) == local.all(user)
        assert remote.variant("checkout", user) == local.variant("checkout", user)
    assert remote.variant("nope", EVE).error == local.variant("nope", EVE).error == ErrorCode.FLAG_NOT_FOUND
    health = remote.health()
    assert (health.ready, health.connected, health.stale, health.error) == (True, True, False, "")


def test_a_remote_client_says_why_it_is_refused_and_gives_the_default(tmp_path, start, ask):
    (tmp_path / "all.yaml").write_text(SHOP)
    process = start(tmp_path, "--deployment-keys", "required")
    assert ask(process, key=WEB_KEY).variant("checkout", User("u", properties={"plan": "pro"})).key == "on"
    refused = ask(process, key="wrong")
    assert "UNAUTHENTICATED" in refused.variant("checkout", EVE).message
    assert refused.all(EVE) == {}
    assert "UNAUTHENTICATED" in refused.health().error


async def test_a_remote_client_lets_the_event_loop_run(tmp_path, start, ask):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    one = ask(await asyncio.to_thread(start, tmp_path))
    found = await asyncio.gather(*(one.variant_async("a", EVE) for _ in range(20)), one.all_async(EVE))
    assert {each.key for each in found[:20]} == {"one"}
    assert found[20].keys() == {"a"}


def test_a_remote_client_asks_again_where_a_server_has_gone_and_another_came(tmp_path, start, ask):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    first = start(tmp_path)
    one = ask(first)
    assert one.variant("a", EVE).key == "one"
    first.stop()
    start(tmp_path, "--listen", first.listen)
    eventually(lambda: one.variant("a", EVE).key == "one")
