"""`python -m benchmarks.report`: put the table of what was measured last between the markers in README.md.

With `--check` it writes nothing and fails when the README says something else.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from benchmarks import results
from benchmarks.environment import ROOT
from benchmarks.run import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

README = ROOT / "README.md"
BEGIN, END = "<!-- figures: made by python -m benchmarks.report -->", "<!-- /figures -->"
HEADLINES = re.compile(r"\bµs\b|×|/s$")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when `--check` finds a difference, 2 when there are no markers."""
    check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    text = README.read_text()
    if BEGIN not in text or END not in text:
        print(f"{README.name} has no lines {BEGIN} and {END}", file=sys.stderr)
        return 2
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    wanted = f"{head}{BEGIN}\n{section()}\n{END}{tail}"
    if check:
        return int(wanted != text)
    README.write_text(wanted)
    return 0


def section() -> str:
    """The tables, each under its part, and the machine."""
    documents = results.read(PARTS)
    parts = [f"{machine(documents)}\n", results.table(documents)]
    return "\n".join(parts)


def machine(documents: dict[str, dict[str, object]]) -> str:
    """One sentence on where and when."""
    if not documents:
        return "Nothing was measured yet: `make bench`."
    document = list(documents.values())[-1]
    where, when = document["machine"], document["date"]
    assert isinstance(where, dict)
    return (
        f"Measured by `make bench` on {when}: {where['processor']}, {where['cores']} cores, "
        f"{where['memory_gib']} GiB, {where['system']}, {where['python']}. "
        "Medians over the rounds; the spread is from the 10th to the 90th percentile."
    )


if __name__ == "__main__":
    sys.exit(main())
