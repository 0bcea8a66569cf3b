"""The report: what was measured, in the pages, and nothing of what was not."""

import pytest

from benchmarks import report, results
from benchmarks.environment import ROOT
from benchmarks.figure import Goal, figure

MACHINE = {"processor": "a processor", "cores": 2, "memory_gib": 8, "system": "Linux 6", "python": "CPython 3.11"}


@pytest.fixture
def keep(tmp_path, monkeypatch):
    """Results in a folder of their own, empty at first."""
    monkeypatch.setattr(results, "RESULTS", tmp_path)

    def keep(part):
        figures = [
            figure(f"one of {part}", [1], "ms", goal=Goal(2, least=False)),
            figure(f"other of {part}", [9], "ms"),
        ]
        results.write(results.document(part, "a command", figures, MACHINE))

    return keep


def pages():
    made = report.made()
    return made[ROOT / "README.md"], made[ROOT / "benchmarks" / "README.md"]


@pytest.mark.parametrize(
    ("parts", "commands"),
    [
        ([], []),
        (["decision"], ["`make bench`"]),
        (["cluster_latency"], ["`make bench-cluster`"]),
        (["decision", "cluster_burst"], ["`make bench`", "`make bench-cluster`"]),
    ],
)
def test_the_pages_name_the_commands_that_were_run(keep, parts, commands):
    for part in parts:
        keep(part)
    for page in pages():
        assert [word for word in ("`make bench`", "`make bench-cluster`") if word in page] == commands
        assert all(f"one of {part}" in page for part in parts)


def test_the_front_page_has_headlines_only(keep):
    keep("cluster_latency")
    front, full = pages()
    assert "other of cluster_latency" not in front
    assert "other of cluster_latency" in full


def test_the_pages_say_what_was_measured_last():
    assert report.main(["--check"]) == 0
