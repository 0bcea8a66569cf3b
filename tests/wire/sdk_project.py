"""The examples as a project for Amplitude's SDKs: every flag local, and open to one Server key.

Beside them stand flags with patterns that the SDKs' engines refuse, or read otherwise, as a manifest writes them.
"""

from functools import cache
from itertools import starmap
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
PATTERNS = {
    "ignores-case": ("regex match", r"(?i)@SHOP\.example$"),
    "without-letters": ("regex does not match", r"\pL@"),
    "to-the-very-end": ("regex match", r"^\Qann@\E[[:alpha:]]+\.\w+\z"),
    "one-character": ("glob match", "?@shop.example"),
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
    {"user_id": "ann", "user_properties": {"email": "ann@\u017fHOP.EXAMPLE"}},
    {"user_id": "ann", "user_properties": {"email": "ann@shop.example\n"}},
    {"user_id": "ann", "user_properties": {"email": "ann@shop.\u00e9"}},
    {"user_id": "ann", "user_properties": {"email": "\U0001f680@shop.example"}},
    {"user_id": "ann", "user_properties": {"email": "\u00e9@shop.example"}},
    {"user_id": "ann", "user_properties": {"email": ["7@shop", "bob@Shop.Example"]}},
]


def write_project(folder):
    """Write the manifests into `folder`."""
    examples = [one for path in sorted(EXAMPLES.rglob("*.yaml")) for one in yaml.safe_load_all(path.read_text())]
    documents = [DEPLOYMENT, *map(_opened, [*examples, *starmap(_patterned, PATTERNS.items())])]
    (folder / "all.yaml").write_text(yaml.safe_dump_all(documents))


@cache
def expected(folder):
    """Return, for each of USERS, what our own engine answers from the manifests in `folder`."""
    compiled = compile_project(load([folder]).resources)
    engine = Engine(compiled.flags, compiled.cohorts)
    return [{key: one.as_dict() for key, one in engine.evaluate(evaluation_context(user)).items()} for user in USERS]


def _patterned(name, condition):
    op, pattern = condition
    match = [{"attribute": "user.properties.email", "op": op, "values": [pattern]}]
    segments = [{"name": op, "match": match, "rollout": {"percent": 100}}]
    spec = {"active": True, "variants": [{"key": "on"}], "segments": segments}
    return {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag", "metadata": {"name": name}, "spec": spec}


def _opened(document):
    if document["kind"] == "Flag":
        document["spec"]["evaluationMode"] = "Local"
        document["spec"]["deployments"] = [*document["spec"].get("deployments", []), "sdk"]
    return document
