"""The examples are clean, each has its place in the README, and every answer the README promises is given."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from flagd.compiler import Compiled, compile_project
from flagd.engine import Engine, evaluation_context
from flagd.manifest import Loaded, load

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
README = (EXAMPLES / "README.md").read_text()
ROW = re.compile(r"^\| `(\{.*?\})` \| (\S+) \| (\S+) \| ([A-Z_]+) \|$", re.MULTILINE)
PROMISES = ROW.findall(README)


@cache
def loaded() -> Loaded:
    return load([EXAMPLES])


@cache
def compiled() -> Compiled:
    return compile_project(loaded().resources)


@cache
def engine() -> Engine:
    return Engine(compiled().flags, compiled().cohorts)


def test_the_examples_are_clean() -> None:
    found = [*loaded().diagnostics, *compiled().diagnostics]
    assert [str(diagnostic) for diagnostic in found] == []


def test_each_folder_alone_is_clean() -> None:
    for folder in sorted(path for path in EXAMPLES.iterdir() if path.is_dir()):
        alone = load([folder])
        found = [*alone.diagnostics, *compile_project(alone.resources).diagnostics]
        assert [f"{folder.name}: {diagnostic}" for diagnostic in found] == []


def test_the_readme_links_every_manifest() -> None:
    manifests = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.yaml")}
    assert set(re.findall(r"\]\((\S+\.yaml)\)", README)) == manifests


def test_the_readme_has_an_answer_for_every_flag() -> None:
    flags = {each.spec.key or each.metadata.name for each in loaded().resources if each.kind == "Flag"}
    assert {flag for _, flag, _, _ in PROMISES} == flags


def test_no_row_of_the_readme_is_overlooked() -> None:
    assert len(PROMISES) == len(re.findall(r"^\| `", README, re.MULTILINE))


@pytest.mark.parametrize(("user", "flag", "variant", "reason"), PROMISES)
def test_a_user_gets_what_the_readme_promises(user: str, flag: str, variant: str, reason: str) -> None:
    answer = engine().variant(evaluation_context(json.loads(user)), flag)
    assert answer is not None
    assert (answer.key, str(answer.reason)) == (variant, reason)


def test_nobody_is_moved_by_other_examples() -> None:
    for user, flag, variant, _ in PROMISES:
        folder = next(path.parent for path in EXAMPLES.rglob(f"{flag}.yaml"))
        alone = compile_project(load([folder]).resources)
        answer = Engine(alone.flags, alone.cohorts).variant(evaluation_context(json.loads(user)), flag)
        assert answer is not None
        assert answer.key == variant
