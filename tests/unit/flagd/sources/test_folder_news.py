"""What the log says of edits of a folder."""

from __future__ import annotations

import logging

import pytest

from flagd.metrics import Metrics
from flagd.sources import directory
from flagd.sources.directory import DirectorySource
from flagd.store import Store

HEAD = "apiVersion: flagoperator.dev/v1alpha1\nkind: %s\nmetadata: {name: %s, namespace: shop}\nspec: %s\n---\n"
SECRET = "maria@example.com"


def flag(name, active="true", more=""):
    return HEAD % ("Flag", name, f"{{active: {active}, variants: [{{key: a}}], allOtherUsers: {{percent: 1}}{more}}}")


def segment(name):
    return HEAD % ("FlagSegment", name, f"{{match: [{{attribute: user.user_id, op: is, values: [{SECRET}]}}]}}")


USES = ", segments: [{name: s, segmentRefs: [pro], rollout: {percent: 100}}]"
ABSENT = ", segments: [{name: s, match: [{op: in cohort, values: [beta]}], rollout: {percent: 100}}]"


class Folder:
    def __init__(self, path, caplog):
        self.metrics = Metrics()
        self._path = path
        self._source = DirectorySource(path, Store(), self.metrics)
        self._caplog = caplog

    async def edit(self, text, name="a.yaml"):
        """Write a file; return what the log says of it, without lines about the project."""
        self._caplog.clear()
        (self._path / name).write_text(text)
        await self._source.refresh()
        lines = [(each.levelname, each.getMessage()) for each in self._caplog.records]
        return [line for line in lines if not line[1].startswith(("project ", "no flags"))]


@pytest.fixture
def folder(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(directory, "SETTLE_SECONDS", 0)
    caplog.set_level(logging.INFO)
    return Folder(tmp_path, caplog)


async def test_what_an_edit_makes_of_a_flag_is_one_line(folder):
    await folder.edit(flag("other"), "b.yaml")
    assert await folder.edit(flag("x")) == [("INFO", "Flag shop/x: created")]
    assert await folder.edit(flag("x", "false")) == [("INFO", "Flag shop/x: active true → false")]
    ((level, text),) = await folder.edit(flag("x").replace("variants", "variantz"))
    assert (level, text.partition(": ")[0]) == ("ERROR", "Flag shop/x cannot be used")
    assert "a.yaml:" in text
    assert folder.metrics.broken[0].name == "x"
    assert await folder.edit(flag("x", "false")) == [("INFO", "Flag shop/x is fixed")]
    assert folder.metrics.broken == []
    assert await folder.edit(flag("z")) == [("INFO", "Flag shop/x is deleted"), ("INFO", "Flag shop/z: created")]


async def test_the_first_reading_names_only_what_is_broken(folder):
    told = await folder.edit(flag("x") + flag("z").replace("variants", "variantz"))
    assert [level for level, _ in told] == ["ERROR"]


async def test_a_segment_of_many_flags_is_one_line_that_names_no_value(folder):
    flags = "".join(flag(f"f{number}", more=USES) for number in range(50))
    await folder.edit(flags + segment("pro"))
    told = await folder.edit(flags)
    assert len(told) == 2
    assert "50 resources cannot be used: there is no FlagSegment 'pro'" in told[0][1]
    assert told[1] == ("INFO", "FlagSegment shop/pro is deleted; 50 resources use it")
    told = await folder.edit(flags + segment("pro"))
    assert {text.partition(":")[0] for _, text in told} == {"FlagSegment shop/pro", "50 resources are fixed"}
    assert SECRET not in str(told)


async def test_a_fault_is_not_told_again_when_lines_move(folder):
    bad = flag("x").replace("variants", "variantz")
    assert len(await folder.edit(bad)) == 1
    assert await folder.edit("# a line more\n" + bad) == []


async def test_a_missing_cohort_is_named(folder):
    told = await folder.edit(flag("x", more=ABSENT))
    assert "there is no FlagCohort 'beta'" in str(told)


async def test_a_file_that_can_be_read_again_is_named(folder):
    await folder.edit(flag("x"))
    assert len(await folder.edit("a: [")) == 1
    told = await folder.edit(flag("x"))
    assert [text.rpartition("/")[2] for _, text in told] == ["a.yaml can be read again"]
