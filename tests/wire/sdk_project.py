"""The examples as a project for Amplitude's SDKs: every flag local, and open to one Server key."""

from functools import cache
from pathlib import Path

import yaml

from flagd.compiler import compile_project
from flagd.engine import Engine, evaluation_context
from flagd.manifest import load
from tests.wire.shop import key_hash

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
KEY = "server-sdk"
DEPLOYMENT = {
    "apiVersion": "flagoperator.dev/v1alpha1",
    "kind": "FlagDeployment",
    "metadata": {"name": "sdk"},
    "spec": {"type": "Server", "keyHashes": [key_hash(KEY)]},
}
USERS = [
    {"user_id": "ann"},
    {"user_id": "cat"},
    {"user_id": "eve"},
    {"user_id": "gus"},
    {"user_id": "kim"},
    {"user_id": "leo"},
    {"user_id": "uma"},
    {"device_id": "a device"},
    {"user_id": "bob", "city": "Rome"},
    {"user_id": "bob", "groups": {"company": ["umbrella"]}},
    {"user_id": "zoe", "groups": {"company": ["globex"]}},
    {"user_id": "ann", "country": "FR", "user_properties": {"plan": "pro"}},
    {"user_id": "ann", "country": "DE", "version": "3.10.0", "user_properties": {"plan": "pro"}},
    {"user_id": "ann", "country": "DE", "version": "3.1.4", "user_properties": {"plan": "pro"}},
    {"user_id": "ann", "country": "US", "user_properties": {"email": "ann@shop.example"}},
]


def write_project(folder):
    """Write the manifests into `folder`."""
    documents = [DEPLOYMENT, *(one for path in sorted(EXAMPLES.rglob("*.yaml")) for one in _opened(path))]
    (folder / "all.yaml").write_text(yaml.safe_dump_all(documents))


@cache
def expected(folder):
    """Return, for each of USERS, what our own engine answers from the manifests in `folder`."""
    compiled = compile_project(load([folder]).resources)
    engine = Engine(compiled.flags, compiled.cohorts)
    return [{key: one.as_dict() for key, one in engine.evaluate(evaluation_context(user)).items()} for user in USERS]


def _opened(path):
    for document in yaml.safe_load_all(path.read_text()):
        if document["kind"] == "Flag":
            document["spec"]["evaluationMode"] = "Local"
            document["spec"]["deployments"] = [*document["spec"].get("deployments", []), "sdk"]
        yield document
