"""Measures the dashboard with 10,000 flags in files: pages, a change, 200 open tabs, memory. Prints a table."""

from __future__ import annotations

import itertools
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.wire.dashboard import Dashboard

FLAGS, IN_A_FILE, NAMESPACES = 10_000, 100, 20
ROUNDS, TABS, REST_SECONDS = 30, 200, 10.0
PAGES = ("/", "/flags", "/flags?q=flag-77&sort=-percent", "/flags/team-0/flag-0")
NEW = itertools.count()
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure everything with many flags in a file, and a change with one in each as well."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), IN_A_FILE)
        started = time.monotonic()
        with Dashboard("--manifests", folder) as dashboard:
            print(f"{FLAGS:,} flags read in {time.monotonic() - started:.1f} s")
            print(f"{'page':40} {'CPU ms':>10} {'median ms':>10} {'worst ms':>10} {'KB':>8}")
            for path in PAGES:
                page(dashboard, path)
            print(f"a change is told after {change(dashboard, Path(folder)):.2f} s")
            print(f"{TABS} open tabs at rest: {at_rest(dashboard):.1f} % of a core")
            print(f"memory: {resident(dashboard.pid):.0f} MiB")
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), 1)
        with Dashboard("--manifests", folder) as dashboard:
            first = change(dashboard, Path(folder))
            told = change(dashboard, Path(folder))
            print(
                f"a change is told after {told:.2f} s, and takes {look(dashboard, Path(folder)):.2f} s of a core, with "
                f"one flag in each of {FLAGS:,} files "
                f"({first:.2f} s for the first, which reads what was just written again)"
            )
    print(f"files of its own in the wheel: {package() / 1000:.0f} KB before compression")


def write(folder: Path, in_a_file: int) -> None:
    """Write the flags."""
    for start in range(0, FLAGS, in_a_file):
        documents = [json.dumps(flag(number)) for number in range(start, start + in_a_file)]
        (folder / f"{start}.yaml").write_text("\n---\n".join(documents))


def flag(number: int) -> dict[str, object]:
    """Return one flag."""
    match = [{"attribute": "user.country", "op": "is", "values": ["CA", "US"]}]
    spec = {
        "displayName": f"Flag number {number}",
        "owner": f"team-{number % 50}",
        "active": number % 7 > 0,
        "variants": [{"key": "control"}, {"key": "treatment"}],
        "segments": [{"name": "America", "match": match, "rollout": {"percent": number % 100}}],
        "allOtherUsers": {"percent": number % 101},
    }
    metadata = {"name": f"flag-{number}", "namespace": f"team-{number % NAMESPACES}"}
    return {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag", "metadata": metadata, "spec": spec}


def page(dashboard: Dashboard, path: str) -> None:
    """Print what a page takes of a core on average, how long it takes, and how large it is."""
    times, size, used = [], 0, cpu(dashboard.pid)
    for _ in range(ROUNDS):
        before = time.perf_counter()
        reply = dashboard.get(path)
        times.append((time.perf_counter() - before) * 1000)
        assert reply.status == 200, reply
        size = len(reply.body.encode())
    used = (cpu(dashboard.pid) - used) * 1000 / ROUNDS
    print(f"{path:40} {used:10.1f} {statistics.median(times):10.1f} {max(times):10.1f} {size / 1000:8.1f}")


def change(dashboard: Dashboard, folder: Path) -> float:
    """Return the seconds from a change of a file to the event that tells it."""
    place = urlsplit(dashboard.url)
    with socket.create_connection((place.hostname, place.port), 300) as stream:
        stream.sendall(f"GET /events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        lines = stream.makefile("r")
        next(line for line in lines if "hello" in line)
        before = time.monotonic()
        (folder / "new.yaml").write_text(json.dumps(flag(FLAGS + next(NEW))))
        next(line for line in lines if "change" in line)
        return time.monotonic() - before


def look(dashboard: Dashboard, folder: Path) -> float:
    """Return the seconds of CPU that another change takes."""
    before = cpu(dashboard.pid)
    change(dashboard, folder)
    return cpu(dashboard.pid) - before


def at_rest(dashboard: Dashboard) -> float:
    """Return the share of a core, in percent, that the process takes while pages are open and nothing happens."""
    place = urlsplit(dashboard.url)
    tabs = [socket.create_connection((place.hostname, place.port), 60) for _ in range(TABS)]
    for tab in tabs:
        tab.sendall(f"GET /events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        tab.recv(1024)
    before = cpu(dashboard.pid)
    time.sleep(REST_SECONDS)
    used = cpu(dashboard.pid) - before
    for tab in tabs:
        tab.close()
    return 100 * used / REST_SECONDS


def cpu(pid: int) -> float:
    """Return the seconds of CPU that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float:
    """Return the memory of a process in MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def package() -> int:
    """Return the bytes of the dashboard's files."""
    folder = Path(__file__).resolve().parents[1] / "src" / "flagctl" / "dashboard"
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file() and each.suffix != ".pyc")


if __name__ == "__main__":
    sys.exit(main())
