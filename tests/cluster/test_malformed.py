"""Objects that no schema would take, stored while there was none, harm nobody but themselves."""

from __future__ import annotations

import json
import urllib.error
from typing import TYPE_CHECKING, Any

import pytest

from flagd.manifest import crds
from tests.cluster.installation import DEFINITIONS
from tests.cluster.stage import flag
from tests.cluster.test_status import events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cluster.stage import Stage

NAME = "flags.flagoperator.dev"
STRICT = next(crd for crd in crds() if crd["metadata"]["name"] == NAME)
NESTED: Any = {"attribute": "user.country", "op": "is", "values": ["US"]}
HUGE = {"attribute": "user.country", "op": "regex match", "values": ["(a*)*" * 100_000]}
for _ in range(500):
    NESTED = {"not": NESTED}

ON = [{"key": "on"}]

SAYS: dict[str, tuple[dict[str, Any], str]] = {
    "active-text": ({"active": "yes", "variants": ON}, "spec.active: "),
    "percent-list": (
        {"active": True, "variants": ON, "allOtherUsers": {"percent": [1]}},
        "spec.allOtherUsers.percent: ",
    ),
    "percent-huge": (
        {"active": True, "variants": ON, "allOtherUsers": {"percent": 10**30}},
        "`1e+30` is not a percentage",
    ),
    "percent-nan": ({"active": True, "variants": ON, "allOtherUsers": {"percent": "NaN"}}, "`NaN` is not a percentage"),
    "pattern-huge": (
        {"active": True, "variants": ON, "segments": [{"name": "huge", "match": [HUGE], "rollout": {"percent": 9}}]},
        "has 500,000 characters; at most 4,096 are allowed",
    ),
    "references-text": ({"active": True, "variants": ON, "prerequisites": "checkout"}, "spec.prerequisites: "),
    "variant-twice": ({"active": True, "variants": [*ON, *ON]}, "spec.variants[1].key: `on` is already at [0]"),
}
"""What is said of them in their status."""

SILENT: dict[str, Any] = {
    "no-spec": None,
    "empty": {},
    "number": 5,
    "text": "active: true",
    "list": [{"active": True}],
    "key-list": {"active": True, "key": ["a"], "variants": ON},
    "variants-null": {"active": True, "variants": None},
    "variants-text": {"active": True, "variants": "on"},
    "variant-number": {"active": True, "variants": [5]},
    "nested": {
        "active": True,
        "variants": ON,
        "segments": [{"name": "a", "match": [NESTED], "rollout": {"percent": 9}}],
    },
}
"""The API server takes no status of these: its own rules fail on them. An event says what is wrong."""


def define(stage: Stage, crd: dict[str, Any]) -> None:
    path = f"{DEFINITIONS}/{NAME}"
    version = stage.plane.request(path)["metadata"]["resourceVersion"]
    stage.plane.request(path, "PUT", crd | {"metadata": crd["metadata"] | {"resourceVersion": version}})


def loose() -> dict[str, Any]:
    crd = json.loads(json.dumps(STRICT))
    for version in crd["spec"]["versions"]:
        version["schema"] = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
        version.pop("selectableFields", None)
    return crd


def store(stage: Stage, name: str, spec: Any) -> bool:
    """Create a flag without any check; return whether the API server took it."""
    obj = flag(name)
    obj["spec"] = spec
    if spec is None:
        del obj["spec"]
    try:
        stage.plane.request(stage.collection("Flag"), "POST", obj)
    except urllib.error.HTTPError as error:
        if error.code not in (400, 422):
            raise
        return False
    return True


@pytest.fixture
def lenient(stage: Stage) -> Iterator[Callable[[], None]]:
    """Makes the API server take anything; call what is given to make it strict again."""

    def restore() -> None:
        define(stage, STRICT)
        stage.until(lambda: not store(stage, "probe", {}))

    define(stage, loose())
    stage.until(lambda: store(stage, "probe", {}))
    stage.delete("Flag", "probe")
    yield restore
    define(stage, STRICT)
    stage.plane.request(stage.collection("Flag"), "DELETE")


def _told(stage: Stage) -> set[tuple[str, str, str]]:
    return {each for each in events(stage) if each[2] != "probe"}  # by which it is found what the API server takes


def test_what_no_schema_would_take_harms_only_itself(stage: Stage, lenient: Callable[[], None]):
    operator = stage.operator("--relist-interval", "2")
    replica = stage.replica("flagd-0")
    stage.apply(flag("good"), flag("was-good"))
    for name in ("good", "was-good"):
        stage.wait(name, Published="True")
    stage.apply({**flag("was-good"), "spec": SAYS["percent-list"][0]})
    for name, spec in {**SILENT, **{name: spec for name, (spec, _) in SAYS.items()}}.items():
        assert store(stage, name, spec)
    for name in SAYS:  # some of them take no status any more once the API server is strict
        stage.wait(name, Ready="False")
    lenient()
    stage.apply(flag("good", 0), flag("made-later"))
    for name in ("good", "made-later"):
        stage.wait(name, Ready="True", Published="True")
    assert stage.variant(replica, "good") == "off"
    for name, (_, says) in SAYS.items():
        stage.wait(name, Ready="False", Stalled="True", Published="NotServed")
        assert says in stage.condition("Flag", name, "Ready")["message"]
    stage.wait("was-good", Ready="False", Published="LastGood")
    assert stage.variant(replica, "was-good") == "on"
    told = {("Warning", "Broken", name) for name in (*SAYS, *SILENT, "was-good")} | {("Normal", "Changed", "good")}
    stage.until(lambda: _told(stage) == told, lambda: str(told ^ _told(stage)))
    assert {stage.variant(replica, name) for name in (*SAYS, *SILENT)} == {""}
    assert operator.ready()
    assert operator.get("/healthz")[0] == 200
    # Nothing is tried again and again.
    stage.until(lambda: operator.metric("flagoperator_status_backlog") == 0)
    assert operator.metric("flagoperator_status_write_failures_total") < 5 * len(SILENT)
    stage.plane.request(f"{stage.collection('Flag')}/number", "DELETE")
    stage.apply(flag("number"))
    stage.wait("number", Published="True")
