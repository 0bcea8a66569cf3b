"""A release: the number and the changelog are cut as one, and the workflow asks only for what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from scripts.cut_release import PLACES, cut, notes, numbered, release

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = (ROOT / ".github" / "workflows" / "release.yml").read_text()
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- this\n\n## [0.1.0] - 2026-01-01\n\n- that\n"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a release changes, in a folder of its own."""
    for name in (*PLACES, "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## [Unreleased]\n", "## [Unreleased]\n\n- something\n", 1))
    return tmp_path


def test_a_release_is_in_every_place_that_has_its_number(clone: Path):
    old = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    release(clone, "99.0.0", "2030-01-02")
    assert tomllib.loads((clone / "pyproject.toml").read_text())["project"]["version"] == "99.0.0"
    chart = yaml.safe_load((clone / "charts/flagoperator/Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == ("99.0.0", "99.0.0")
    assert f":{old}" not in (clone / "docs/install.md").read_text()
    assert "- something" in notes((clone / "CHANGELOG.md").read_text(), "99.0.0")


def test_the_number_stands_nowhere_else():
    number = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    files = [path for folder in ("charts", "docs", "integrations", "kustomize") for path in (ROOT / folder).rglob("*")]
    read = {path.relative_to(ROOT).as_posix(): path.read_text() for path in files if path.suffix in (".md", ".yaml")}
    made = re.compile(r"crds(\.yaml|/)")  # by `make generate`
    assert {name for name, text in read.items() if number in text and not made.search(name)} == set(PLACES) - {
        "pyproject.toml"
    }


@pytest.mark.parametrize("version", ["0.0.1", "1", "v99.0.0", "99.0.0rc1", ""])
def test_what_is_no_later_version_is_refused_before_anything_is_written(clone: Path, version: str):
    before = {name: (clone / name).read_text() for name in PLACES}
    with pytest.raises(ValueError, match="is not a version above"):
        release(clone, version, "2030-01-02")
    assert {name: (clone / name).read_text() for name in PLACES} == before


def test_the_changelog_is_cut_and_begins_again():
    found = cut(CHANGELOG, "0.2.0", "2026-11-29")
    assert "## [Unreleased]\n\n## [0.2.0] - 2026-11-29\n\n### Added\n" in found
    assert notes(found, "0.2.0") == "### Added\n\n- this\n"
    assert notes(found, "0.1.0") == "- that\n"


def test_nothing_is_not_released():
    with pytest.raises(ValueError, match="nothing stands under Unreleased"):
        cut("## [Unreleased]\n\n## [0.1.0] - 2026-01-01\n\n- that\n", "0.2.0", "2026-11-29")
    with pytest.raises(ValueError, match="no section"):
        notes(CHANGELOG, "9.9.9")


def test_a_number_that_has_moved_is_missed():
    with pytest.raises(ValueError, match="there is no "):
        numbered("version: 0.3.0\n", r"^version: {}$", "0.1.0", "0.2.0")


def test_the_workflow_asks_for_targets_files_and_images_that_there_are():
    steps = [step for job in yaml.safe_load(WORKFLOW)["jobs"].values() for step in job["steps"]]
    commands = "\n".join(step.get("run", "") for step in steps)
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^make (\S+)", commands, re.MULTILINE)) <= targets
    files = re.findall(r"(?:^|\s)((?:scripts|charts|\.ci)/[\w./-]+)", commands)
    assert files
    assert [file for file in files if not (ROOT / file).exists()] == []
    images = yaml.safe_load(WORKFLOW)["jobs"]["images"]["strategy"]["matrix"]["name"]
    assert set(images) == {path.name.removesuffix(".Dockerfile") for path in (ROOT / "images").iterdir()}


def test_every_action_is_pinned_and_no_job_may_more_than_it_needs():
    whole = yaml.safe_load(WORKFLOW)
    actions = [step["uses"] for job in whole["jobs"].values() for step in job["steps"] if "uses" in step]
    assert [each for each in actions if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each)] == []
    assert whole["permissions"] == {}
    assert all("permissions" in job for job in whole["jobs"].values())


def test_the_notes_of_what_was_never_released_are_refused():
    script = ROOT / "scripts" / "cut_release.py"
    done = subprocess.run([sys.executable, script, "--notes", "9.9.9"], capture_output=True, text=True, check=False)
    assert (done.returncode, "no section [9.9.9]" in done.stderr) == (2, True)
