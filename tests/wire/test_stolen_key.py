"""A deployment key that was stolen is taken back by an edit of its FlagDeployment."""

import hashlib

import grpc
import pytest

from flagd.v1.evaluation_pb2 import EvaluateRequest, User, WatchRequest
from tests.wire.process import eventually

STOLEN, NEXT = "flagkey_stolen", "flagkey_next"
FLAGS = """\
apiVersion: flagoperator.dev/v1alpha1
kind: FlagDeployment
metadata: {name: web, namespace: shop}
spec: {type: Server, keyHashes: [HASHES]}
---
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {name: banner, namespace: shop}
spec: {active: true, deployments: [web], variants: [{key: "on"}], allOtherUsers: {percent: 100}}
"""


@pytest.fixture
def flags(tmp_path):
    (tmp_path / "flags").mkdir()
    write(tmp_path / "flags", STOLEN, NEXT)
    return tmp_path / "flags"


def write(folder, *keys):
    hashes = ", ".join(f'"sha256:{hashlib.sha256(key.encode()).hexdigest()}"' for key in keys)
    (folder / "flags.yaml").write_text(FLAGS.replace("HASHES", hashes))


def ask(stub, key):
    try:
        answer = stub.Evaluate(
            EvaluateRequest(user=User(user_id="ann")), metadata=[("authorization", f"Api-Key {key}")]
        )
    except grpc.RpcError as error:
        return error.code().name
    return answer.variants["banner"].key


def test_a_key_whose_hash_is_taken_out_opens_nothing_any_more(flags, start, call):
    process = start(flags, "--deployment-keys", "required")
    stub = call(process)
    watch = stub.Watch(
        WatchRequest(user=User(user_id="ann")),
        metadata=[("authorization", f"Api-Key {STOLEN}")],
    )
    next(watch)
    assert ask(stub, STOLEN) == "on"
    write(flags, NEXT)
    eventually(lambda: ask(stub, STOLEN) == "UNAUTHENTICATED")
    assert ask(stub, NEXT) == "on"
    with pytest.raises(grpc.RpcError) as ended:  # an open stream is no way around it
        for _ in watch:
            pass
    assert ended.value.code().name == "UNAUTHENTICATED"
