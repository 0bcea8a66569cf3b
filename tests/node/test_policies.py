"""The network policies of the chart on a real node: each lets through what it says, and nothing else.

The node learns of a new pod within a second; until then, no policy lets the pod through. So everybody knocks until all
that should open opens; what else is open then is too much.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.node.installed import OTHERS, SYSTEM, pod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.node.installed import Installed

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500, func_only=True)]
KNOCK = (Path(__file__).parent / "knock.py").read_text()
LISTENING = "print(open('/proc/net/tcp').read() + open('/proc/net/tcp6').read())"
LOOPBACK = ("0100007F", "0" * 24 + "01000000")  # of IPv4, IPv6
SERVER = "import http.server as h; h.ThreadingHTTPServer(('', 8080), h.SimpleHTTPRequestHandler).serve_forever()"
MONITORING = "monitoring"
FROM_OUTSIDE = {"flagd:8013"}
SCRAPER = FROM_OUTSIDE | {"flagd:8014", "flagoperator:8014"}


@pytest.fixture(scope="module")
def neighbours(installed: Installed) -> Iterator[Installed]:
    """A pod `neighbour` that listens on 8080 in the namespaces of callers, of monitoring, and in ours."""
    installed.namespace(MONITORING)
    for namespace in (OTHERS, MONITORING, SYSTEM):
        installed.apply(pod("neighbour", "flagctl", "/usr/bin/python3", "-c", SERVER), namespace=namespace)
    for namespace in (OTHERS, MONITORING, SYSTEM):
        installed.kubectl("wait", "--for=condition=Ready", "--timeout=240s", "pod/neighbour", namespace=namespace)
    yield installed
    for namespace in (OTHERS, MONITORING, SYSTEM):
        installed.kubectl("delete", "pod", "neighbour", namespace=namespace)


def listening(installed: Installed, replica: str) -> set[int]:
    """Return every port that somebody in a pod listens on, for more than the pod itself."""
    table = installed.python(replica, LISTENING)
    found = re.findall(r"^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:0000 0A ", table, re.MULTILINE)
    return {int(port, 16) for address, port in found if not address.endswith(LOOPBACK)}


def doors(installed: Installed) -> dict[str, list[str]]:
    """Return addresses by a name: every listening port of every pod, the API server itself, DNS."""
    found: dict[str, list[str]] = {}
    for replica, (name, address) in installed.pods().items():
        for port in listening(installed, replica):
            found.setdefault(f"{name}:{port}", []).append(f"{address}:{port}")
    address = installed.kubectl("get", "pod", "neighbour", "-ojsonpath={.status.podIP}")
    slices = json.loads(installed.kubectl("get", "endpointslices", "kubernetes", "-ojson", namespace="default"))
    (server,) = slices["endpoints"][0]["addresses"]
    return found | {
        "neighbour": [f"{address}:8080"],
        "API server": [f"{server}:{slices['ports'][0]['port']}"],
        "DNS": [f"{server}:53"],
    }


def opens(installed: Installed, knocker: str, namespace: str, expected: set[str]) -> None:
    """Knock on every door but its own from a pod until `expected` open, and no other, not at one of two replicas."""
    _, own = installed.pods().get(knocker, ("", "none"))
    known = {
        name: [each for each in found if not each.startswith(f"{own}:")] for name, found in doors(installed).items()
    }
    targets = [target for each in known.values() for target in each]
    wanted = {target for name in expected for target in known[name]}
    found: set[str] = set()

    def settled() -> bool:
        found.clear()
        found.update(installed.python(knocker, KNOCK, *targets, namespace=namespace).split())
        return wanted <= found

    installed.until(settled)
    assert found == wanted, known


def test_pods_listen_on_nothing_but_the_ports_of_the_chart(neighbours: Installed):
    names = {"flagd:8013", "flagd:8014", "flagoperator:8014", "flagoperator:8015"}
    assert set(doors(neighbours)) == names | {"neighbour", "API server", "DNS"}


@pytest.mark.parametrize(
    ("namespace", "open_to_it"),
    [(OTHERS, FROM_OUTSIDE), (SYSTEM, FROM_OUTSIDE), (MONITORING, SCRAPER)],
    ids=["another namespace", "a stranger in ours", "monitoring"],
)
def test_a_pod_reaches_what_its_namespace_may(neighbours: Installed, namespace: str, open_to_it: set[str]):
    opens(neighbours, "neighbour", namespace, open_to_it | {"neighbour", "API server", "DNS"})


@pytest.mark.parametrize(
    ("program", "open_to_it"),
    [("flagd", {"flagoperator:8015", "DNS"}), ("flagoperator", {"flagoperator:8015", "API server", "DNS"})],
)
def test_our_pods_reach_what_they_need_and_no_other(neighbours: Installed, program: str, open_to_it: set[str]):
    replica = next(found for found, (name, _) in neighbours.pods().items() if name == program)
    opens(neighbours, replica, SYSTEM, open_to_it)


def test_callers_are_only_who_is_named(neighbours: Installed):
    label = "flagoperator.dev/caller"
    named = {"callers": [{"namespaceSelector": {"matchLabels": {label: "true"}}}]}
    neighbours.node.run("kubectl", "label", "namespace", OTHERS, f"{label}-")
    neighbours.helm("upgrade", f"--set-json=networkPolicy={json.dumps(named)}")
    try:
        opens(neighbours, "neighbour", MONITORING, (SCRAPER - FROM_OUTSIDE) | {"neighbour", "API server", "DNS"})
        opens(neighbours, "neighbour", OTHERS, {"neighbour", "API server", "DNS"})
        neighbours.node.run("kubectl", "label", "namespace", OTHERS, f"{label}=true")
        opens(neighbours, "neighbour", OTHERS, FROM_OUTSIDE | {"neighbour", "API server", "DNS"})
    finally:
        neighbours.helm("upgrade")
