"""Deployment keys: who sees what, and that nobody learns more than that."""

import itertools

import grpc
import pytest

from flagd.v1.evaluation_pb2 import EvaluateBatchRequest, EvaluateRequest, ExplainRequest, User, WatchRequest
from tests.wire.conftest import running
from tests.wire.shop import BACKEND_KEY, OTHER, OTHER_KEY, SHOP, WEB_KEY

ANN = User(user_id="ann")
NOTHING = None


@pytest.fixture(scope="module", params=["optional", "required"])
def server(request, tmp_path_factory, transport):
    folder = tmp_path_factory.mktemp("projects")
    (folder / "all.yaml").write_text(f"{SHOP}---{OTHER}")
    with running(folder, "--transport", transport, "--deployment-keys", request.param) as process:
        process.policy = request.param
        yield process


def _with(authorization):
    return [("authorization", authorization)] if authorization is not None else []


def _outcome(stub, authorization, project="", method="Evaluate"):
    request = {
        "Evaluate": EvaluateRequest(project=project, user=ANN),
        "EvaluateBatch": EvaluateBatchRequest(project=project, users=[ANN]),
        "Watch": WatchRequest(project=project, user=ANN),
        "Explain": ExplainRequest(project=project, user=ANN, flag_key="colour"),
    }[method]
    try:
        answer = getattr(stub, method)(request, metadata=_with(authorization))
        return sorted((next(answer) if method == "Watch" else answer).variants)
    except grpc.RpcError as error:
        return error.code().name, error.details()


REFUSAL = ("UNAUTHENTICATED", "a valid deployment key is required: authorization: Api-Key <key>")
FOREIGN = ("PERMISSION_DENIED", "this deployment key belongs to another project")

MATRIX = [
    (f"Api-Key {WEB_KEY}", "", ["checkout", "colour"]),
    (f"Api-Key {WEB_KEY}", "shop", ["checkout", "colour"]),
    (f"Bearer {BACKEND_KEY}", "", ["colour", "secret"]),
    (f"bearer {BACKEND_KEY}", "shop", ["colour", "secret"]),
    (f"Api-Key {OTHER_KEY}", "", []),
    (f"Api-Key {WEB_KEY}", "billing", FOREIGN),
    (f"Api-Key {WEB_KEY}", "no-such-project", FOREIGN),
    (f"Api-Key {WEB_KEY}x", "shop", REFUSAL),
    (f"Api-Key {WEB_KEY}x", "no-such-project", REFUSAL),
    (f"Basic {WEB_KEY}", "shop", REFUSAL),
    (WEB_KEY, "shop", REFUSAL),
    ("Api-Key ", "shop", REFUSAL),
    ("", "shop", REFUSAL),
]


@pytest.mark.parametrize(("authorization", "project", "outcome"), MATRIX)
def test_a_key_opens_its_deployment_and_nothing_else(server, call, authorization, project, outcome):
    stub = call(server)
    assert _outcome(stub, authorization, project) == outcome
    assert _outcome(stub, authorization, project, "Watch") == outcome


def test_without_a_key_everything_is_seen_where_keys_are_optional(server, call):
    outcome = _outcome(call(server), NOTHING, "shop")
    assert outcome == (["checkout", "colour", "hidden", "secret"] if server.policy == "optional" else REFUSAL)


@pytest.mark.parametrize("method", ["Evaluate", "EvaluateBatch", "Watch", "Explain"])
def test_no_key_and_an_unknown_key_read_the_same(server, call, method):
    stub = call(server)
    assert _outcome(stub, "Api-Key wrong", "shop", method) == REFUSAL
    if server.policy == "required":
        assert _outcome(stub, NOTHING, "shop", method) == REFUSAL
        assert _outcome(stub, NOTHING, "no-such-project", method) == REFUSAL


@pytest.mark.parametrize("key", ["secret", "hidden", "held"])
def test_a_flag_of_another_deployment_looks_like_an_unknown_one(server, call, key):
    stub, metadata = call(server), _with(f"Api-Key {WEB_KEY}")
    keys = [key, "no-such-flag"]
    alone = [stub.Evaluate(EvaluateRequest(user=ANN, flag_keys=[one]), metadata=metadata).variants for one in keys]
    assert alone[0][key] == alone[1]["no-such-flag"]
    for variants in (
        stub.Evaluate(EvaluateRequest(user=ANN, flag_keys=keys), metadata=metadata).variants,
        stub.EvaluateBatch(EvaluateBatchRequest(users=[ANN], flag_keys=keys), metadata=metadata).results[0].variants,
        next(stub.Watch(WatchRequest(user=ANN, flag_keys=keys), metadata=metadata)).variants,
    ):
        assert variants[key] == variants["no-such-flag"]


def test_explain_needs_a_server_key(server, call):
    stub = call(server)
    refused = ("PERMISSION_DENIED", "this call needs a Server deployment key")
    assert _outcome(stub, f"Api-Key {WEB_KEY}", "shop", "Explain") == refused
    explained = stub.Explain(ExplainRequest(user=ANN, flag_key="colour"), metadata=_with(f"Api-Key {BACKEND_KEY}"))
    assert explained.variant.key


def test_explain_says_nothing_of_flags_that_the_key_does_not_see(server, call):
    stub, metadata = call(server), _with(f"Api-Key {BACKEND_KEY}")
    explained = stub.Explain(ExplainRequest(user=ANN, flag_key="colour"), metadata=metadata)
    assert [one.flag_key for one in explained.dependencies] == []
    unseen, unknown = (
        stub.Explain(ExplainRequest(user=ANN, flag_key=key), metadata=metadata) for key in ("checkout", "no-such-flag")
    )
    assert unseen.variant == unknown.variant
    assert unseen.text == unknown.text


def test_keys_are_not_logged(server, call):
    stub = call(server)
    for key, method in itertools.product((WEB_KEY, "wrong-key-of-somebody"), ("Evaluate", "Explain")):
        _outcome(stub, f"Api-Key {key}", "shop", method)
    text = str(server.log)
    assert WEB_KEY not in text
    assert "wrong-key-of-somebody" not in text
