"""SBOM: what is in an image, as CycloneDX 1.5."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distributions
from typing import TYPE_CHECKING, Any

from scripts.image.rootfs import SITE

if TYPE_CHECKING:
    from pathlib import Path

    from scripts.image.program import Program

_FIELD = re.compile(r"^(Package|Version|Architecture): (.*)$", re.MULTILINE)


def bill(program: Program, version: str, base: Path, own: Path) -> dict[str, Any]:
    """Return the bill of materials of an image of two trees, Debian's and ours."""
    components = [*_debian(base), *_python(own)]
    subject = {"type": "container", "name": program.name, "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": subject},
        "components": components,
    }


def _debian(base: Path) -> list[dict[str, Any]]:
    status = (base / "var/lib/dpkg/status").read_text()
    packages = [dict(_FIELD.findall(paragraph)) for paragraph in status.split("\n\n") if paragraph.strip()]
    packages.sort(key=lambda each: (each["Package"], each["Architecture"]))
    return [
        _component(each["Package"], each["Version"], f"deb/debian/{each['Package']}@{each['Version']}")
        for each in packages
    ]


def _python(own: Path) -> list[dict[str, Any]]:
    found = sorted(distributions(path=[str(own / SITE)]), key=_name)
    return [_component(_name(each), each.version, f"pypi/{_name(each)}@{each.version}") for each in found]


def _name(distribution: Distribution) -> str:
    return str(distribution.metadata["Name"]).lower()


def _component(name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": "library", "name": name, "version": version, "purl": f"pkg:{purl}"}
