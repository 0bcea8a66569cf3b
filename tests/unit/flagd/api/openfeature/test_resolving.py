"""Resolve* and ResolveAll in process: what they say of one flag and of all, and how they are counted."""

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict

from flagd.api.access import Access
from flagd.api.openfeature.service import FIRST, SECOND, openfeature_methods
from flagd.metrics import Metrics
from flagd.openfeature.v1 import evaluation_pb2 as pb
from flagd.rpc.method import Call
from flagd.rpc.status import InvalidArgument, NotFound
from flagd.store import Store
from tests.unit.flagd.api.projects import NOBODY, snapshots


def _flag(name, payload=None, percent=100, project="shop"):
    text = "" if payload is None else f", payload: {payload}"
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}, namespace: {project}}}
spec:
  active: true
  variants: [{{key: "on"{text}}}]
  allOtherUsers: {{percent: {percent}}}
  metadata: {{team: payments}}
---"""


FLAGS = (
    _flag("switch")
    + _flag("zero", "0")
    + _flag("half", "0.5")
    + _flag("empty", '""')
    + _flag("object", "{a: [1]}")
    + _flag("list", "[1]")
    + _flag("nobody", "5", percent=0)
    + _flag("split", "7", percent=50)
)


class _Server:
    def __init__(self, text=FLAGS):
        self.metrics = Metrics()
        self.store = store = Store()
        store.replace(snapshots(text))
        self.methods = {one.path: one for one in openfeature_methods(Access(store, self.metrics), store)}

    async def ask(self, path, call=NOBODY, **fields):
        method = self.methods[f"/{path}"]
        return method.response.FromString(await method.unary(ParseDict(fields, method.request()), call))


async def test_a_value_comes_with_variant_reason_and_metadata_in_both_versions():
    server = _Server()
    for service in (FIRST, SECOND):
        answer = MessageToDict(await server.ask(f"{service}/ResolveInt", flagKey="zero"))
        metadata = answer.pop("metadata")
        assert answer == {"value": "0", "variant": "on", "reason": "STATIC"}
        assert {"flagSetId": "shop", "team": "payments"}.items() <= metadata.items()


TYPES = [
    ("ResolveBoolean", "switch", True),
    ("ResolveString", "empty", ""),
    ("ResolveInt", "zero", 0),
    ("ResolveFloat", "half", 0.5),
    ("ResolveFloat", "zero", 0.0),
    ("ResolveObject", "object", {"a": [1.0]}),
]


@pytest.mark.parametrize(("name", "flag", "value"), TYPES)
async def test_every_type_is_answered_and_a_zero_is_there(name, flag, value):
    answer = await _Server().ask(f"{SECOND}/{name}", flagKey=flag)
    assert answer.HasField("value")
    assert (MessageToDict(answer.value) if isinstance(value, dict) else answer.value) == value


async def test_the_callers_own_default_has_no_value_in_the_second_version_and_is_not_found_in_the_first():
    server = _Server()
    answer = await server.ask(f"{SECOND}/ResolveInt", flagKey="nobody")
    assert (answer.HasField("value"), answer.HasField("variant"), answer.reason) == (False, False, "DEFAULT")
    with pytest.raises(NotFound, match="the caller's own default holds"):
        await server.ask(f"{FIRST}/ResolveInt", flagKey="nobody")


async def test_the_context_decides():
    server = _Server()
    answers = [
        await server.ask(f"{SECOND}/ResolveInt", flagKey="split", context={"targetingKey": f"user-{number}"})
        for number in range(20)
    ]
    assert {answer.HasField("value") for answer in answers} == {True, False}
    assert {answer.reason for answer in answers if answer.HasField("value")} == {"SPLIT"}


async def test_all_flags_are_those_with_a_value_that_the_message_can_hold():
    answer = MessageToDict(await _Server().ask(f"{FIRST}/ResolveAll", context={"targetingKey": "user-0"}))
    assert answer["metadata"] == {"flagSetId": "shop"}
    values = {key: [flag[name] for name in flag if name.endswith("Value")] for key, flag in answer["flags"].items()}
    assert values.pop("split", [7]) == [7]
    assert values == {"switch": [True], "zero": [0], "half": [0.5], "empty": [""], "object": [{"a": [1]}]}
    assert {flag["variant"] for flag in answer["flags"].values()} == {"on"}


async def test_an_unknown_flag_is_not_found_and_counted():
    server = _Server()
    for service in (FIRST, SECOND):
        with pytest.raises(NotFound, match="unknown flag"):
            await server.ask(f"{service}/ResolveBoolean", flagKey="nope")
    assert server.metrics.unknown_flags == {"shop": 2}


async def test_answers_are_counted_like_all_others():
    server = _Server()
    await server.ask(f"{SECOND}/ResolveInt", flagKey="zero")
    await server.ask(f"{FIRST}/ResolveAll")
    assert server.metrics.evaluations["shop", "zero", "on", "STATIC"].count == 2


async def test_a_selector_names_the_project_where_there_are_several():
    server = _Server(_flag("a", "1") + _flag("a", "2", project="billing"))
    call = Call({"flagd-selector": "flagSetId=billing"})
    assert (await server.ask(f"{SECOND}/ResolveInt", call, flagKey="a")).value == 2
    with pytest.raises(InvalidArgument, match="project: required"):
        await server.ask(f"{SECOND}/ResolveInt", flagKey="a")


async def test_a_flag_key_beyond_the_limit_is_refused():
    with pytest.raises(InvalidArgument, match="flag_key: longer than 256 bytes"):
        await _Server().ask(f"{SECOND}/ResolveInt", flagKey="x" * 257)


async def test_what_is_said_of_a_variant_is_encoded_once():
    server = _Server()
    method = server.methods[f"/{SECOND}/ResolveInt"]
    request = pb.ResolveIntRequest(flag_key="zero")
    assert await method.unary(request, NOBODY) is await method.unary(request, NOBODY)


async def test_all_are_told_as_they_are_now_whatever_was_told_of_the_revision_before():
    server = _Server()
    for text, wanted in ((_flag("one", "1"), 1), (_flag("one", "2"), 2)):
        server.store.replace(snapshots(text))
        for _ in range(2):
            answer = await server.ask(f"{FIRST}/ResolveAll")
            assert answer.flags["one"].double_value == wanted
