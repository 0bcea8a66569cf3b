"""Images that are built here: small, without a shell, the same each time, and they hold what their program needs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from scripts.image import __main__ as image
from scripts.image.program import PROGRAMS
from scripts.image.rootfs import ROOT
from tests.image.dockerfile import build, translated
from tests.image.reading import members, read, unpack

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PAGE = ROOT / "docs/install.md"
MEGABYTES = {"flagd": 300, "flagoperator": 250, "flagctl": 150}
ABSENT = {"flagd": ("kopf", "aiohttp", "kubernetes"), "flagoperator": ("envoy", "pyvoy"), "flagctl": ("envoy", "kopf")}
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="no mmdebstrap here: apt-get install mmdebstrap"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str, int]]:
    """Every image by the name of its program: its archive, digest and size in bytes."""
    out, cache = tmp_path_factory.mktemp("images"), tmp_path_factory.mktemp("debian")
    return {name: (out / f"{name}.tar", *image.build(program, "1", out, cache)) for name, program in PROGRAMS.items()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_image_is_small_and_carries_nothing_of_the_others(built: Any, name: str):
    archive, _, size = built[name]
    assert size < MEGABYTES[name] * 1e6
    packages = {path.split("dist-packages/")[1].split("/")[0] for path in members(archive) if "dist-packages/" in path}
    assert not packages & set(ABSENT[name])


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_image_is_as_large_as_the_page_says(built: Any, name: str):
    archive, _, size = built[name]
    row = re.search(rf"^\| `{name}` \| (\d+) MB.* \| (\d+) MB \|$", PAGE.read_text(), re.MULTILINE)
    assert row
    assert [int(each) for each in row.groups()] == pytest.approx([size / 1e6, archive.stat().st_size / 1e6], rel=0.05)


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_image_has_no_shell_and_a_user_that_is_not_root(built: Any, name: str):
    archive, _, _ = built[name]
    programs = {path.rpartition("/")[2] for path in members(archive) if "bin/" in path}
    assert not programs & {"sh", "bash", "dash", "apt", "apt-get", "dpkg", "perl", "pip", "pip3"}
    config = read(archive)["config"]
    assert config["User"] == "65532:65532"
    assert config["Entrypoint"] == [f"/usr/local/bin/{name}"]
    assert config["Labels"]["org.opencontainers.image.version"] == "1"


@pytest.mark.parametrize("name", PROGRAMS)
def test_an_image_has_no_devices(built: Any, name: str):
    assert not [path for path in members(built[name][0]) if path.startswith("dev/")]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_bill_names_what_was_installed(built: Any, name: str):
    bill = json.loads(built[name][0].with_suffix(".cdx.json").read_text())
    names = {each["name"] for each in bill["components"]}
    assert {"flagoperator", "protobuf", "python3.11", "libc6"} <= names


@pytest.mark.parametrize("name", PROGRAMS)
def test_two_builds_have_one_digest(built: Any, name: str, tmp_path: Path):
    assert image.build(PROGRAMS[name], "1", tmp_path, None)[0] == built[name][1]


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_program_of_an_image_starts_on_its_own_root(built: Any, name: str, tmp_path: Path):
    unpack(built[name][0], tmp_path)
    tmp_path.chmod(0o755)
    argv = ["/usr/sbin/chroot", "--userspec=65532:65532", tmp_path, f"/usr/local/bin/{name}", "--help"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, check=False, env={})
    assert "Usage:" in done.stdout, done.stderr


def test_bytecode_is_there_for_every_module_of_ours(built: Any):
    names = set(members(built["flagd"][0]))
    ours = [name for name in names if "/dist-packages/flagd/" in name and name.endswith(".py")]
    assert ours
    for name in ours:
        folder, _, file = name.rpartition("/")
        assert f"{folder}/__pycache__/{file[:-3]}.cpython-311.pyc" in names


def test_an_archive_is_an_oci_layout(built: Any):
    with tarfile.open(built["flagctl"][0]) as tar:
        assert {"index.json", "oci-layout"} <= set(tar.getnames())


@pytest.mark.parametrize("name", PROGRAMS)
def test_buildkit_makes_of_a_dockerfile_what_the_archive_says(built: Any, name: str):
    config = read(built[name][0])["config"]
    found = translated(ROOT / "images" / f"{name}.Dockerfile")
    assert not found["warnings"]
    said = found["config"]
    assert said["Labels"].items() <= config["Labels"].items()
    for field in ("User", "Entrypoint", "WorkingDir", "Env"):
        assert said[field] == config[field]


def test_the_build_stage_of_a_dockerfile_makes_the_root_of_the_archive(built: Any, tmp_path: Path):
    build(ROOT / "images/flagctl.Dockerfile", tmp_path / "stage")
    made = tmp_path / "stage/root-of-image"
    assert (made / "usr/local/bin/flagctl").exists()
    assert modules(str(path.relative_to(made)) for path in made.rglob("*")) == modules(members(built["flagctl"][0]))


def modules(paths: Iterable[str]) -> set[str]:
    return {path for path in paths if "/dist-packages/" in path and path.endswith((".py", ".so"))}
