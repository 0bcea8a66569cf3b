"""The default requests and limits of the chart, against what pods use on a real node. Run with `-s`, it prints that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.node.installed import FLAG, SYSTEM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.node.calls import Calls
    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]
MANY, FLAGS, BATCH = "many", 1000, 200
MIB = 1 << 20


@pytest.fixture
def many(installed: Installed) -> Iterator[int]:
    """FLAGS published flags, of a segment and two variants each."""
    installed.namespace(MANY)
    match = [{"attribute": "user.country", "op": "is", "values": ["DE", "FR"]}]
    spec = {
        "active": True,
        "variants": [{"key": "on", "payload": {"colour": "green"}}, {"key": "other"}],
        "segments": [{"name": "two countries", "match": match, "rollout": {"percent": 25}}],
        "allOtherUsers": {"percent": 10},
    }
    made = [{**FLAG, "metadata": {"name": f"flag-{n}", "namespace": MANY}, "spec": spec} for n in range(FLAGS)]
    for first in range(0, FLAGS, BATCH):
        whole = {"apiVersion": "v1", "kind": "List", "items": made[first : first + BATCH]}
        installed.kubectl("create", "--filename=-", namespace=MANY, stdin=json.dumps(whole))
    told = ("get", "flags", '-ojsonpath={.items[*].status.conditions[?(@.type=="Published")].status}')
    installed.until(lambda: installed.kubectl(*told, namespace=MANY).split().count("True") == FLAGS)
    yield FLAGS
    installed.kubectl("delete", "namespace", MANY, "--wait=false")


def memory(installed: Installed) -> dict[str, int]:
    """Return what the largest pod of each program uses, in MiB, as the kernel counts it for its limit."""
    pods = installed.pods()
    summary = json.loads(installed.kubectl("get", "--raw", "/api/v1/nodes/node/proxy/stats/summary"))
    found: dict[str, int] = {}
    for each in summary["pods"]:
        if (name := each["podRef"]["name"]) in pods and "workingSetBytes" in each.get("memory", {}):
            program = pods[name][0]
            found[program] = max(found.get(program, 0), each["memory"]["workingSetBytes"] // MIB)
    return found


def given(installed: Installed, program: str, kind: str) -> int:
    path = f"-ojsonpath={{.spec.template.spec.containers[0].resources.{kind}.memory}}"
    written = installed.kubectl("get", "deployment", program, path, namespace=SYSTEM)
    assert written.endswith("Mi")
    return int(written[:-2])


def test_requests_hold_a_few_flags_and_limits_twice_what_a_thousand_need(
    installed: Installed, calls: Calls, request: pytest.FixtureRequest
):
    installed.until(lambda: len(memory(installed)) == 2)
    few = memory(installed)
    request.getfixturevalue("many")
    calls.go_on()
    before = memory(installed)
    installed.until(lambda: memory(installed) != before)  # kubelet looks every few seconds
    thousand = memory(installed)
    print(f"MiB with one flag {few}, with {FLAGS} {thousand}")
    for program in ("flagd", "flagoperator"):
        assert few[program] <= given(installed, program, "requests")
        assert 2 * thousand[program] <= given(installed, program, "limits")
