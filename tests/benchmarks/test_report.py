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
            figure(report.FRONT_PAGE[0][0], [9], "×", base=report.FRONT_PAGE[0][1] + " 2.0"),
            figure(report.FRONT_PAGE[0][0], [7], "×", base="something else"),
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
    assert all(f"one of {part}" in pages()[1] for part in parts)


def test_the_front_page_has_a_few_figures_only(keep):
    keep("decision")
    front, full = pages()
    assert "one of decision" not in front
    assert "something else" not in front
    assert f"{report.FRONT_PAGE[0][1]} 2.0" in front
    assert "one of decision" in full


def test_every_figure_of_the_front_page_was_measured():
    shown = report.made()[ROOT / "README.md"].split("\n\n")[0].splitlines()
    assert len(shown) == 2 + len(report.FRONT_PAGE)


def test_the_pages_say_what_was_measured_last():
    assert report.main(["--check"]) == 0
