"""`python -m benchmarks.report`: put what was measured last into README.md and benchmarks/README.md.

With `--check` it writes nothing and fails when a page says something else.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from benchmarks import results
from benchmarks.environment import ROOT
from benchmarks.run import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGIN, END = "<!-- figures: made by python -m benchmarks.report -->", "<!-- /figures -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 when `--check` finds a difference."""
    check = "--check" in (sys.argv[1:] if arguments is None else arguments)
    documents = results.read(PARTS)
    pages = {
        ROOT / "README.md": f"{results.headlines(documents)}\n\n{made_on(documents)}",
        ROOT / "benchmarks" / "README.md": f"{made_on(documents)}\n\n{results.table(documents)}",
    }
    stale = [page for page, section in pages.items() if replaced(page.read_text(), section) != page.read_text()]
    for page in stale:
        print(f"{page.relative_to(ROOT)}: {'is not' if check else 'now'} what was measured last")
        if not check:
            page.write_text(replaced(page.read_text(), pages[page]))
    return int(check and bool(stale))


def replaced(text: str, section: str) -> str:
    """The text of a page with this section between the markers; without markers, the text."""
    if BEGIN not in text or END not in text:
        return text
    head, rest = text.split(BEGIN, 1)
    return f"{head}{BEGIN}\n{section}\n{END}{rest.split(END, 1)[1]}"


def made_on(documents: dict[str, dict[str, Any]]) -> str:
    """Where and when, and what the numbers are."""
    if not documents:
        return "Nothing was measured yet."
    last = list(documents.values())[-1]
    machine = last["machine"]
    return (
        f"`make bench` on {last['date']}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, {machine['system']}, {machine['python']}.\n"
        "Medians of interleaved rounds; × is the ratio to what the line names, measured in the same run."
    )


if __name__ == "__main__":
    sys.exit(main())
