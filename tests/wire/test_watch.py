"""Watch: everything now, then what changes, for those whom it changes for."""

import threading

import grpc
import pytest

from flagd.v1.evaluation_pb2 import User, WatchRequest
from tests.wire.process import eventually
from tests.wire.shop import SHOP, WEB_KEY, flag

STREAMS = 100
EDITS = 8
SECONDS = 60


def _keys(message):
    return {key: variant.key for key, variant in message.variants.items()}


def test_a_stream_says_everything_once_and_then_what_changes(tmp_path, start, call):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    (tmp_path / "b.yaml").write_text(flag("b", "two"))
    watching = call(start(tmp_path)).Watch(WatchRequest(project="shop", user=User(user_id="ann")), timeout=SECONDS)
    first = next(watching)
    assert _keys(first) == {"a": "one", "b": "two"}
    (tmp_path / "a.yaml").write_text(flag("a", "three"))
    second = next(watching)
    assert _keys(second) == {"a": "three"}
    assert second.revision != first.revision
    (tmp_path / "c.yaml").write_text(flag("c", "four"))
    assert _keys(next(watching)) == {"c": "four"}
    (tmp_path / "b.yaml").unlink()
    gone = next(watching)
    assert (_keys(gone), list(gone.removed)) == ({}, ["b"])


def test_a_stream_for_one_flag_hears_of_that_flag_only(tmp_path, start, call):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    (tmp_path / "b.yaml").write_text(flag("b", "two"))
    request = WatchRequest(project="shop", user=User(user_id="ann"), flag_keys=["b", "later"])
    watching = call(start(tmp_path)).Watch(request, timeout=SECONDS)
    assert _keys(next(watching)) == {"b": "two", "later": ""}
    (tmp_path / "a.yaml").write_text(flag("a", "three") + "---" + flag("later", "here"))
    assert _keys(next(watching)) == {"later": "here"}
    (tmp_path / "b.yaml").unlink()
    assert _keys(next(watching)) == {"b": ""}


def test_a_key_that_is_withdrawn_ends_its_streams(tmp_path, start, call):
    (tmp_path / "shop.yaml").write_text(SHOP)
    request = WatchRequest(user=User(user_id="ann"))
    metadata = [("authorization", f"Api-Key {WEB_KEY}")]
    watching = call(start(tmp_path)).Watch(request, metadata=metadata, timeout=SECONDS)
    assert sorted(next(watching).variants) == ["checkout", "colour"]
    (tmp_path / "shop.yaml").write_text(SHOP.partition("---\nkind: FlagDeployment")[0])
    with pytest.raises(grpc.RpcError) as ended:
        list(watching)
    assert ended.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_streams_end_with_unavailable_when_the_server_drains(tmp_path, start, call):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    process = start(tmp_path)
    watching = call(process).Watch(WatchRequest(user=User(user_id="ann")), timeout=SECONDS)
    next(watching)
    process.signal()
    with pytest.raises(grpc.RpcError) as ended:
        next(watching)
    assert (ended.value.code(), ended.value.details()) == (
        grpc.StatusCode.UNAVAILABLE,
        "the server is draining; connect again",
    )
    assert process.wait() == 0


CONDITION = "{attribute: user.country, op: is, values: [%s]}"


def _edit(folder, edit):
    """Write edit n: the odd users' flag changes with every odd edit, the even users' with every even one."""
    for side in ("odd", "even"):
        last = max(n for n in range(edit + 1) if n % 2 == (side == "odd") or n == 0)
        segments = f"  segments: [{{name: s, match: [{CONDITION % side}], rollout: {{percent: 100}}}}]\n"
        text = flag(side, f"v{last}", percent=0).replace("  allOtherUsers", f"{segments}  allOtherUsers")
        (folder / f".{side}").write_text(text)
        (folder / f".{side}").rename(folder / f"{side}.yaml")


class _Listener(threading.Thread):
    """Records what one stream says until it has heard the last edit that concerns it."""

    def __init__(self, stub, number):
        super().__init__(daemon=True)
        self.side = "odd" if number % 2 else "even"
        self.heard = []
        self.opened = threading.Event()
        self.ended = None
        user = User(user_id=f"user-{number}", country=self.side)
        self._stream = stub.Watch(WatchRequest(project="shop", user=user), timeout=60)

    def run(self):
        try:
            for message in self._stream:
                self.heard.append(_keys(message))
                self.opened.set()
        except grpc.RpcError as error:
            self.ended = error.code()


def test_100_streams_each_see_each_of_their_changes_once_in_order_and_nothing_else(tmp_path, start, call):
    _edit(tmp_path, 0)
    process = start(tmp_path)
    stub = call(process)
    listeners = [_Listener(stub, number) for number in range(STREAMS)]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        assert listener.opened.wait(SECONDS)
    for edit in range(1, EDITS + 1):
        before = process.ready()["projects"]["shop"]["revision"]
        _edit(tmp_path, edit)
        eventually(lambda before=before: process.ready()["projects"]["shop"]["revision"] != before)
    eventually(lambda: all(len(listener.heard) > EDITS // 2 for listener in listeners))
    process.signal()
    for listener in listeners:
        listener.join(SECONDS)
        other = "even" if listener.side == "odd" else "odd"
        mine = [n for n in range(1, EDITS + 1) if n % 2 == (listener.side == "odd")]
        assert listener.ended == grpc.StatusCode.UNAVAILABLE
        assert listener.heard == [{listener.side: "v0", other: "off"}, *({listener.side: f"v{n}"} for n in mine)]
    assert process.wait() == 0
