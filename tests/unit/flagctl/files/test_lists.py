from __future__ import annotations

import os
from typing import TYPE_CHECKING

from click.testing import CliRunner

from flagctl.files.lists import lists_beside, told
from flagctl.files.manifests import read
from flagctl.group import flagctl

if TYPE_CHECKING:
    from pathlib import Path

COHORT = """
apiVersion: flagoperator.dev/v1alpha1
kind: FlagCohort
metadata: {name: beta}
spec: {from: {source: warehouse, path: lists/beta.csv}}
"""


def manifests(folder: Path) -> Path:
    (folder / "beta.yaml").write_text(COHORT)
    (folder / "lists").mkdir()
    return folder


def test_a_list_that_lies_beside_the_manifests_is_read_and_told(tmp_path: Path):
    folder = manifests(tmp_path)
    (folder / "lists" / "beta.csv").write_text("ann\nbob\n")
    os.utime(folder / "lists" / "beta.csv", (0, 1_767_225_600))
    for path in (folder, folder / "beta.yaml"):
        found = read([str(path)])
        assert list(told(found.supplies)) == ["FlagCohort default/beta: a list of 2 ids as of 2026-01-01 00:00 UTC"]
        assert "ann" in found.project(None).cohorts["beta"].members
        assert not found.diagnostics


def test_a_list_that_lies_elsewhere_is_warned_of(tmp_path: Path):
    found = read([str(manifests(tmp_path))])
    assert [each.reason for each in found.diagnostics] == ["ListUnread"]


def test_a_list_that_cannot_be_read_is_an_error(tmp_path: Path):
    folder = manifests(tmp_path)
    (folder / "lists" / "beta.csv").write_text("ann,1\n")
    [finding] = read([str(folder)]).diagnostics
    assert finding.reason == "ListMissing"
    assert "line 1 has 2 columns" in finding.message


def test_standard_input_has_nothing_beside_it():
    assert lists_beside(["-"], []) == {}


def test_who_asks_without_the_list_is_told_that_nobody_is_on_it(tmp_path: Path):
    folder = manifests(tmp_path)
    segment = "{name: beta, match: [{op: in cohort, values: [beta]}], rollout: {percent: 100}}"
    spec = f'{{active: true, variants: [{{key: "on"}}], segments: [{segment}]}}'
    (folder / "new.yaml").write_text(
        f"apiVersion: flagoperator.dev/v1alpha1\nkind: Flag\nmetadata: {{name: new}}\nspec: {spec}\n"
    )
    asked = [str(folder), "--flag", "new", "--user", '{"user_id": "ann"}']
    evaluated, explained = (CliRunner().invoke(flagctl, [verb, *asked]) for verb in ("eval", "explain"))
    assert "the list 'lists/beta.csv' is not read here" in evaluated.stderr
    assert "the list of beta is not read here" in explained.stdout
    (folder / "lists" / "beta.csv").write_text("ann\n")
    found = CliRunner().invoke(flagctl, ["eval", *asked])
    assert (found.exit_code, found.stderr, "TARGETING_MATCH" in found.stdout) == (0, "", True)
