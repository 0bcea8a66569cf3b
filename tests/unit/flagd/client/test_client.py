"""FlagClient: what callers get, whatever the server does, and what the client says of itself."""

import asyncio
import gc
import json
import logging
import re
import subprocess
import sys
import threading
import weakref

import pytest

from flagd.client import ErrorCode, FlagClient, Reason, User, Variant
from flagd.client.following import follower
from flagd.last_good.file import LastGoodFile
from tests.unit.flagd.client.server import HEAD, HEARTBEAT, chunk, compressed, end, eventually, message, update
from tests.unit.flagd.ruleset.contents import make

EVE = User("eve")


def _flag(key, variant="on", **parts):
    return {
        "key": key,
        "variants": {variant: {"key": variant, "value": variant, "payload": {"columns": 3}}},
        "segments": [{"variant": variant}],
        **parts,
    }


def _ruleset(variant="on", **more):
    return make({"a": _flag("a", variant), "b": _flag("b")} | more, project="shop")


def _undecided():
    return _flag("none") | {"segments": []}


def test_a_lookup_gives_the_variant_with_its_payload_and_why(client):
    one = client(bootstrap=[_flag("a")])
    one.wait_ready()
    found = one.variant("a", EVE)
    assert (found.key, found.value, found.payload, found.reason) == ("on", "on", {"columns": 3}, Reason.STATIC)
    assert one.variant("a", EVE) is found
    assert one.variant("a", {"user_id": "eve"}) is found
    assert one.all(EVE) == {"a": found}


@pytest.mark.parametrize(
    ("flag_key", "user", "error"),
    [
        ("nope", EVE, ErrorCode.FLAG_NOT_FOUND),
        (None, EVE, ErrorCode.FLAG_NOT_FOUND),
        ([], EVE, ErrorCode.GENERAL),
        ("a", None, ErrorCode.INVALID_CONTEXT),
        ("a", "eve", ErrorCode.INVALID_CONTEXT),
        ("a", {"plan": "pro"}, ErrorCode.INVALID_CONTEXT),
        ("a", {"user_id": "eve", "cohort_ids": "beta"}, ErrorCode.INVALID_CONTEXT),
        ("a", User("eve", properties={"at": object()}), ErrorCode.INVALID_CONTEXT),
    ],
)
def test_whatever_is_wrong_with_a_lookup_gives_the_default_and_one_line_of_log(client, caplog, flag_key, user, error):
    one = client(bootstrap=[_flag("a")])
    one.wait_ready()
    default = Variant("blue", payload={"columns": 1})
    for _ in range(3):
        found = one.variant(flag_key, user, default)
        assert (found.key, found.payload, found.reason, found.error) == ("blue", {"columns": 1}, Reason.ERROR, error)
        assert found.message
    assert one.variant(flag_key, user, "green").key == "green"
    assert one.variant(flag_key, user).key == "off"
    assert len([line for line in caplog.messages if "logged once" in line]) == 1


def test_a_flag_that_decides_nothing_for_a_user_gives_the_default_and_is_no_error(client, caplog):
    one = client(bootstrap=[_undecided()])
    one.wait_ready()
    found = one.variant("none", EVE, "blue")
    assert (found.key, found.reason, found.error) == ("blue", Reason.DEFAULT, None)
    assert not caplog.messages


def test_before_there_is_anything_lookups_give_the_default_and_say_why(client, server):
    one = client(server.url)
    found = one.variant("a", EVE)
    assert (found.key, found.error) == ("off", ErrorCode.PROVIDER_NOT_READY)
    assert one.all(EVE) == {}
    health = one.health()
    assert (health.ready, health.connected, health.stale, health.age_seconds, health.origin) == (
        *(False, False, True, None, ""),
    )


def test_the_servers_ruleset_is_answered_from_and_its_changes_are_told(client, server):
    one = client(server.url, key="secret", project="shop")
    told = []
    one.on_change(lambda keys: told.append((keys, one.variant("a", EVE).key)))
    caller = server.next()
    assert caller.head.startswith("post /flagd.v1.rulesetservice/follow http/1.1")
    assert "authorization: api-key secret" in caller.head
    assert (list(caller.request.projects), list(caller.request.held)) == (["shop"], [])
    caller.follow(compressed(_ruleset()), HEARTBEAT)
    assert one.wait_ready(60)
    assert one.variant("a", EVE).key == "on"
    caller.more(update(_ruleset("two"), _ruleset()))
    eventually(lambda: one.variant("a", EVE).key == "two")
    health = one.health()
    assert (health.connected, health.stale, health.flags, health.origin, health.error) == (True, False, 2, "server", "")
    assert health.age_seconds is not None
    assert eventually(lambda: told if len(told) == 2 else None) == [({"a", "b"}, "on"), ({"a"}, "two")]


def test_a_change_of_one_flag_compiles_one(client, server):
    one = client(server.url)
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    before = one.variant("b", EVE)
    engine = one._evaluation._serving.snapshot.engine
    caller.more(update(_ruleset("two"), _ruleset()))
    eventually(lambda: one.variant("a", EVE).key == "two")
    after = one._evaluation._serving.snapshot.engine
    assert after.answers["b"] is engine.answers["b"]
    assert one.variant("b", EVE) == before


def test_a_stream_that_breaks_is_opened_again_with_what_is_held(client, server):
    one = client(server.url)
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    caller.close()
    again = server.next()
    assert [(held.project, held.revision) for held in again.request.held] == [("shop", _ruleset().revision)]
    health = one.health()
    assert (health.connected, health.stale, bool(health.error)) == (False, True, True)
    assert health.age_seconds is not None
    assert one.variant("a", EVE).key == "on"
    again.follow(update(_ruleset("two"), _ruleset()), HEARTBEAT)
    eventually(lambda: one.variant("a", EVE).key == "two" and one.health().connected)


def test_health_says_how_old_what_is_held_is_where_the_server_has_lost_touch(client, server):
    one = client(server.url)
    seen = []
    one.on_health(seen.append)
    caller = server.next()
    stale = type(HEARTBEAT)(stale=True, heartbeat=HEARTBEAT.heartbeat, age_seconds=1000)
    caller.follow(update(_ruleset()), stale)
    one.wait_ready(60)
    health = one.health()
    assert (health.connected, health.stale, health.age_seconds >= 1000) == (True, True, True)
    caller.more(HEARTBEAT)
    eventually(lambda: not one.health().stale)
    assert one.health().age_seconds < 1000
    caller.close()
    eventually(lambda: one.health().error)
    assert eventually(lambda: [(h.connected, h.stale) for h in seen] if len(seen) == 3 else None) == [
        *((True, True), (True, False), (False, True)),
    ]


def _other_revision():
    told = update(_ruleset("two"), _ruleset())
    told.update.revision = "f" * 64
    return told


BAD = {
    "401": (b"HTTP/1.1 401 x\r\ncontent-type: application/json\r\n\r\n"
            b'{"code": "unauthenticated", "message": "a valid key is required"}', "UNAUTHENTICATED: a valid"),
    "html of a proxy": (b"HTTP/1.1 200 x\r\ncontent-type: text/html\r\n\r\n<html>", "not flagd; is a proxy in between"),
    "500": (b"HTTP/1.1 500 x\r\n\r\n", "HTTP 500"),
    "not http": (b"SSH-2.0-OpenSSH_9\r\n", "not HTTP"),
    "nothing": (b"", "not HTTP|closed|reset"),
    "endless headers": (b"HTTP/1.1 200 x\r\n" + b"a: b\r\n" * 1000, "not HTTP"),
    "a header without end": (b"HTTP/1.1 200 " + b"a" * 100_000, "not HTTP"),
    "a huge message": (HEAD + chunk(b"\0\xff\xff\xff\xff"), "4294967295 bytes was announced"),
    "not a message": (HEAD + chunk(b"\0\0\0\0\3abc"), "parsing"),
    "wrong hash": (HEAD + message(_other_revision()), f"revision {'f' * 64} is refused"),
    "unknown base": (HEAD + message(update(_ruleset("three"), _ruleset("two"))), "is not held"),
    "bomb": (HEAD + message(compressed(_ruleset())).replace(b"\x1f\x8b", b"\x00\x00"), "damaged"),
    "an error at the end": (HEAD + end(code="unavailable", message="draining"), "UNAVAILABLE: draining"),
    "control characters": (HEAD + end(code="x", message="a\nb\x1b[31m"), r"a\\x0ab\\x1b"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_whatever_a_bad_server_says_the_last_good_stays_and_health_says_why(client, server, caplog, kind):
    said, why = BAD[kind]
    one = client(server.url, key="secret")
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    caller.close()
    bad = server.next()
    bad.say(said)
    bad.close()
    again = server.next()
    pattern = re.compile(why)
    assert pattern.search(one.health().error), one.health().error
    assert one.variant("a", EVE).key == "on"
    again.follow(update(_ruleset("two")), HEARTBEAT)
    eventually(lambda: one.variant("a", EVE).key == "two" and not one.health().error)
    assert not [line for line in caplog.messages if "secret" in line or "\n" in line]


def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else(client, server):
    one = client(server.url, key="secret")
    caller = server.next()
    caller.say(b"HTTP/1.1 307 x\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")
    caller.close()
    again = server.next()
    assert again.head.startswith("post /flagd.v1.rulesetservice/follow")
    assert "redirects are not followed" in one.health().error


def test_after_a_refusal_everything_is_asked_for_again(client, server):
    one = client(server.url)
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT, _other_revision())
    caller.gone()
    assert list(server.next().request.held) == []
    health = one.health()
    assert (health.stale, "is refused" in health.error) == (True, True)
    assert one.variant("a", EVE).key == "on"


def test_a_server_that_falls_silent_and_one_that_sends_byte_by_byte_are_given_up(client, server, monkeypatch):
    monkeypatch.setattr(follower, "SILENCE_SECONDS", 0.3)
    one = client(server.url)
    silent = server.next()
    silent.gone()
    eventually(lambda: "in time" in one.health().error)
    slow = server.next()
    stop = threading.Event()

    def drip():
        try:
            slow.say(HEAD, chunk(b"\0\0\0\xff\xff"))
            while not stop.wait(0.02):
                slow.say(chunk(b"\0"))
        except OSError:
            return

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        server.next()
    finally:
        stop.set()
        dripping.join()


def test_a_ruleset_too_large_to_be_sent_leaves_the_last_good_and_health_says_so(client, server):
    one = client(server.url)
    caller = server.next()
    oversize = type(HEARTBEAT)()
    oversize.oversize.project, oversize.oversize.size = "shop", 10**9
    caller.follow(update(_ruleset()), HEARTBEAT, oversize, HEARTBEAT)
    eventually(lambda: "too large to be sent" in one.health().error)
    assert one.health().stale
    assert one.variant("a", EVE).key == "on"
    caller.more(update(_ruleset("two"), _ruleset()), HEARTBEAT)
    eventually(lambda: not one.health().stale)


def test_nobody_there_is_no_fault_of_the_caller(client):
    one = client("http://127.0.0.1:1")
    assert one.wait_ready(0) is False
    eventually(lambda: "refused" in one.health().error)
    assert one.variant("a", EVE).key == "off"


def test_the_last_good_ruleset_is_kept_and_answered_from_when_nobody_is_there(client, server, tmp_path):
    one = client(server.url, last_good=tmp_path / "flags")
    server.next().follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    eventually(lambda: LastGoodFile(tmp_path, "flags").read())
    one.close()
    later = client("http://127.0.0.1:1", last_good=tmp_path / "flags")
    with later:
        assert later.variant("a", EVE).key == "on"
        health = later.health()
        assert (health.ready, health.origin, health.stale) == (True, "last good", True)
        assert health.age_seconds is not None


def test_entering_reads_what_is_on_this_machine_and_leaving_keeps_it(tmp_path):
    with FlagClient(bootstrap=[_flag("a")], last_good=tmp_path / "flags") as one:
        assert one.variant("a", EVE).key == "on"
    assert LastGoodFile(tmp_path, "flags").read() is not None
    assert one.variant("a", EVE).key == "on"


def test_a_bootstrap_that_cannot_be_used_is_told_and_stops_nothing(client, caplog, tmp_path):
    one = client(bootstrap=tmp_path / "nope.json")
    assert one.wait_ready(60) is False
    assert "no such file" in one.health().error
    assert one.variant("a", EVE).key == "off"
    assert any("the bootstrap is not used" in line for line in caplog.messages)


async def test_one_client_serves_threads_and_event_loops(server):
    async with FlagClient(server.url) as one:
        changed, loop = asyncio.Event(), asyncio.get_running_loop()
        one.on_change(lambda _: loop.call_soon_threadsafe(changed.set))
        caller = await asyncio.to_thread(server.next)
        caller.follow(update(_ruleset()), HEARTBEAT)
        assert await one.ready(60)
        async with asyncio.timeout(60):
            await changed.wait()
        assert one.variant("a", EVE).key == "on"
        assert await asyncio.to_thread(lambda: one.variant("a", EVE).key) == "on"


def test_a_listener_that_fails_is_logged_and_disturbs_nobody(client, server, caplog):
    one = client(server.url)
    heard = []
    one.on_change(lambda _: 1 // 0)
    end_it = one.on_change(heard.append)
    caller = server.next()
    caller.follow(update(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    assert heard == [{"a", "b"}]
    assert any("a listener failed" in line for line in caplog.messages)
    end_it()
    caller.more(update(_ruleset("two"), _ruleset()))
    eventually(lambda: one.variant("a", EVE).key == "two")
    assert len(heard) == 1


def test_a_client_that_nobody_holds_any_more_closes_its_stream(server):
    one = FlagClient(server.url)
    caller = server.next()
    caller.follow(HEARTBEAT)
    gone = weakref.ref(one)
    del one
    gc.collect()
    assert gone() is None
    caller.gone()


def test_the_end_of_the_interpreter_closes_the_stream_and_says_nothing(server, tmp_path):
    made = f"FlagClient({server.url!r}, last_good={str(tmp_path / 'flags')!r})"
    program = f"from flagd.client import FlagClient; c = {made}; c.wait_ready(60); print(c.all({{}}))"
    with subprocess.Popen([sys.executable, "-W", "error", "-c", program], stdout=-1, stderr=-1) as process:
        caller = server.next()
        caller.follow(update(_ruleset()), HEARTBEAT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"{'a'")
    caller.gone()
    assert LastGoodFile(tmp_path, "flags").read()


def test_a_client_imports_neither_grpc_nor_openfeature_nor_what_it_may_never_need():
    program = "import sys, json; import flagd.client; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    heavy = ("grpc", "openfeature", "flagd.openfeature", "asyncio", "ssl", "http.client", "yaml", "pydantic", "click")
    assert [name for name in json.loads(done.stdout) if name.startswith(heavy)] == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"evaluation": "Local"}, "evaluation: 'Local' is neither 'local' nor 'remote'"),
        ({"timeout": -1}, "timeout: -1 is not a number of seconds above 0"),
        ({"timeout": float("nan")}, "timeout: nan"),
    ],
)
def test_an_argument_that_means_nothing_is_refused(options, said):
    with pytest.raises(ValueError, match=said):
        FlagClient("http://localhost:9", **options)


@pytest.mark.parametrize("options", [{}, {"url": "ftp://a"}, {"url": "http://flagd:8013", "key": "k"}])
def test_a_client_that_cannot_be_made_says_what_would_be_right(options):
    with pytest.raises(ValueError, match="url: "):
        FlagClient(**options)


def test_the_log_says_why_there_is_no_stream_once_for_each_reason(client, server, caplog):
    caplog.set_level(logging.WARNING, "flagd.client")
    client(server.url)
    for _ in range(3):
        caller = server.next()
        caller.say(b"HTTP/1.1 500 x\r\n\r\n")
        caller.close()
    server.next()
    assert len([line for line in caplog.messages if "HTTP 500" in line]) == 1


def test_a_ruleset_that_is_replaced_is_let_go_of_piece_by_piece(client, server):
    one = client(server.url)
    caller = server.next()
    caller.follow(compressed(_ruleset()), HEARTBEAT)
    one.wait_ready(60)
    engine = one._evaluation._serving.snapshot.engine
    pieces = one._evaluation._pieces(compressed(_ruleset("two")))
    assert set(map(id, engine.answers.values())) <= set(map(id, pieces))
    assert one._evaluation._pieces(update(_ruleset("two"), _ruleset())) == []
    caller.more(compressed(_ruleset("two")))
    eventually(lambda: one.variant("a", EVE).key == "two")
