"""The project keeps its own promises: generated files, locks, import rules, changelog, versions."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()

FACES = {
    "flagd.compiler": {
        "Compiled",
        "Unreadable",
        "compile_project",
        "compile_projects",
        "deliver_local",
        "moves",
        "refusals",
        "retypes",
        "similar_namespaces",
        "update_projects",
    },
    "flagd.engine": {
        "BucketExplanation",
        "Cohort",
        "ConditionExplanation",
        "ConditionSetExplanation",
        "Engine",
        "Explanation",
        "Reason",
        "SegmentExplanation",
        "Variant",
        "evaluation_context",
    },
    "flagd.ruleset": {
        "Cohort",
        "Deployment",
        "EvaluationFlag",
        "Ruleset",
        "RulesetError",
        "canonical_json",
        "compute_revision",
    },
}
"""What packages promise to export. A name that comes or goes is a change for users: see CHANGELOG.md."""


MODULES_OF_A_ROOM = 20


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)


def requirements() -> dict[str, list[Requirement]]:
    groups = {"always": PROJECT["project"]["dependencies"], **PROJECT["project"]["optional-dependencies"]}
    groups |= PROJECT["dependency-groups"]
    return {group: [Requirement(line) for line in lines] for group, lines in groups.items()}


def foreign_requirements() -> list[Requirement]:
    return [each for group in requirements().values() for each in group if each.name != PROJECT["project"]["name"]]


def locked() -> dict[str, Version]:
    lines = (ROOT / "requirements" / "dev.txt").read_text().splitlines()
    pins = [line.removesuffix("\\").strip() for line in lines if re.match(r"\w", line)]
    assert pins
    parsed = [Requirement(pin) for pin in pins]
    return {canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version) for pin in parsed}


@pytest.mark.parametrize(
    "script",
    [
        "generate_protos.py",
        "generate_api_docs.py",
        "generate_manifest_docs.py",
        "generate_crds.py",
        "generate_integrations.py",
        "generate_schemas.py",
        "generate_troubleshooting.py",
    ],
)
def test_what_is_generated_is_what_is_committed(script: str) -> None:
    done = run(sys.executable, ROOT / "scripts" / script, "--check")
    assert done.returncode == 0, done.stderr


def test_imports_point_one_way() -> None:
    done = run(Path(sys.executable).parent / "lint-imports", "--no-cache")
    assert done.returncode == 0, done.stdout


def test_no_room_holds_more_than_one_reads_at_a_glance() -> None:
    modules = [path for path in (ROOT / "src").rglob("*.py") if path.name != "__init__.py"]
    sizes = Counter(path.parent.relative_to(ROOT / "src").as_posix() for path in modules)
    assert {room: size for room, size in sizes.items() if size > MODULES_OF_A_ROOM} == {}


@pytest.mark.parametrize("face", FACES)
def test_a_package_exports_what_it_says(face: str) -> None:
    module = importlib.import_module(face)
    assert set(module.__all__) == FACES[face]


@pytest.mark.parametrize("face", [*FACES, "flagd.hashing", "flagd.manifest"])
def test_a_package_says_what_it_is_and_exports_only_what_it_has(face: str) -> None:
    module = importlib.import_module(face)
    assert module.__doc__
    assert [name for name in getattr(module, "__all__", ()) if not hasattr(module, name)] == []


def test_the_changelog_has_a_place_for_the_next_change() -> None:
    sections = re.findall(r"^## \[?([^]\n]+)", CHANGELOG, re.MULTILINE)
    assert sections[0] == "Unreleased"


def test_the_changelog_uses_the_six_kinds_of_change() -> None:
    kinds = set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_installed_version_is_the_one_in_pyproject() -> None:
    assert importlib.metadata.version("flagoperator") == PROJECT["project"]["version"]


def test_no_release_in_the_changelog_is_newer_than_the_version() -> None:
    released = [Version(text) for text in re.findall(r"^## \[(\d[^]]*)\]", CHANGELOG, re.MULTILINE)]
    assert max(released, default=Version("0")) <= Version(PROJECT["project"]["version"])


def test_the_lock_pins_every_dependency_within_its_bounds() -> None:
    pins = locked()
    for requirement in foreign_requirements():
        version = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}: locked at {version}; run `make lock`"


def test_every_pin_has_hashes() -> None:
    text = (ROOT / "requirements" / "dev.txt").read_text()
    pins = re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_every_dependency_has_a_line_in_the_docs_and_no_other_has() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text()
    described = {canonicalize_name(name) for name in re.findall(r"^\| `([\w-]+)`", page, re.MULTILINE)}
    assert described == {canonicalize_name(each.name) for each in foreign_requirements()}


@pytest.mark.parametrize(
    "group", ["always", "grpc", "openfeature", "ctl", "dashboard", "process", "server", "operator"]
)
def test_the_docs_say_with_which_extra_a_dependency_comes(group: str) -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text()
    table = dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", page, re.MULTILINE))
    for requirement in requirements()[group]:
        if requirement.name != PROJECT["project"]["name"]:
            assert group in table[requirement.name], requirement.name


def test_the_floors_are_the_versions_that_the_generated_code_demands() -> None:
    generated = ROOT / "src" / "flagd" / "v1"
    grpc = re.search(r"GRPC_GENERATED_VERSION = '([^']+)'", (generated / "evaluation_pb2_grpc.py").read_text())
    protobuf = re.search(r"# Protobuf Python Version: (\S+)", (generated / "evaluation_pb2.py").read_text())
    assert grpc is not None
    assert protobuf is not None
    floors = {each.name: str(each.specifier) for each in [*requirements()["always"], *requirements()["grpc"]]}
    assert floors["grpcio"] == f">={grpc[1]}"
    assert floors["protobuf"] == f">={protobuf[1]}"


def test_make_lists_every_target_that_people_type() -> None:
    makefile = (ROOT / "Makefile").read_text()
    internal = {"binaries", "clients", "collect", "node-programs", "tools"}
    phony = set(re.findall(r"^\.PHONY: (\S+)", makefile, re.MULTILINE)) - internal
    assert set(re.findall(r"^ +make (\S+)", run("make").stdout, re.MULTILINE)) == phony


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_readme_leads_to_every_page() -> None:
    readme = (ROOT / "README.md").read_text()
    pages = [f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))]
    assert [page for page in pages if f"({page})" not in readme] == []


def test_a_python_that_is_too_old_or_missing_is_named() -> None:
    done = subprocess.run(
        ["sh", ROOT / "scripts" / "find_python.sh"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": "/nowhere/python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "3.11 or later" in done.stderr


def test_the_python_that_is_asked_for_is_taken() -> None:
    done = subprocess.run(
        ["sh", ROOT / "scripts" / "find_python.sh"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == sys.executable
