"""`python -m benchmarks.report`: put what was measured last into README.md and benchmarks/README.md.

With `--check` it writes nothing and fails when a page says something else.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks import cluster, results
from benchmarks.environment import ROOT
from benchmarks.run import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BEGIN, END = "<!-- figures: made by python -m benchmarks.report -->", "<!-- /figures -->"


@dataclass(frozen=True, slots=True)
class Run:
    """What one command measured.

    Attributes:
        command: that makes all of it.
        parts: names of its results.
        method: what the numbers are.
    """

    command: str
    parts: Sequence[str]
    method: str


FRONT_PAGE = (
    ("decisions per second, 500 flags loaded", "openfeature-flagd-core"),
    (
        "decisions per second, 10 segments of 3 conditions, the last matches",
        "evaluation engine of amplitude-experiment",
    ),
    ("Evaluate over Envoy: calls per second and core", ""),
    ("Evaluate over Envoy: calls per second", "empty handler on grpc.aio"),
    ("one change of 10,000 flags: from the API server's answer to both flagd serving it, p99", ""),
)
"""The five figures of README.md: name, and what the base begins with."""

RUNS = (
    Run(
        "make bench",
        PARTS,
        "Medians of interleaved rounds; × is the ratio to what the line names, measured in the same run.",
    ),
    Run(
        cluster.COMMAND,
        [f"cluster_{part}" for part in cluster.PARTS],
        "etcd, API server, operator, two flagd and the load share these cores.",
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when `--check` finds a difference."""
    check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    pages = made()
    stale = [page for page, section in pages.items() if replaced(page.read_text(), section) != page.read_text()]
    for page in stale:
        print(f"{page.relative_to(ROOT)}: {'is not' if check else 'now'} what was measured last")
        if not check:
            page.write_text(replaced(page.read_text(), pages[page]))
    return int(check and bool(stale))


def made() -> dict[Path, str]:
    """What stands between the markers, by page; of a command that was never run, nothing."""
    measured = [(made_on(run, documents), documents) for run in RUNS if (documents := results.read(run.parts))]
    all_documents = {part: document for _, documents in measured for part, document in documents.items()}
    where = [said for said, _ in measured]
    front = [results.front(all_documents, FRONT_PAGE), *where] if measured else []
    full = [f"{said}\n\n{results.table(documents)}" for said, documents in measured]
    return {ROOT / "README.md": "\n\n".join(front), ROOT / "benchmarks" / "README.md": "\n\n".join(full)}


def replaced(text: str, section: str) -> str:
    """The text of a page with this section between the markers; without markers, the text."""
    if BEGIN not in text or END not in text:
        return text
    head, rest = text.split(BEGIN, 1)
    return f"{head}{BEGIN}\n{section}\n{END}{rest.split(END, 1)[1]}"


def made_on(run: Run, documents: Mapping[str, dict[str, Any]]) -> str:
    """Where and when, and what the numbers are."""
    last = list(documents.values())[-1]
    machine = last["machine"]
    return (
        f"`{run.command}` on {last['date']}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}, {machine['python']}.\n{run.method}"
    )


if __name__ == "__main__":
    sys.exit(main())
