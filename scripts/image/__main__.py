"""Builds images: `python -m scripts.image flagd flagoperator --tag 0.1.0 --out build/images`."""

from __future__ import annotations

import argparse
import json
import tomllib
from pathlib import Path

from scripts.image import archive, sbom
from scripts.image.program import PROGRAMS, Program
from scripts.image.rootfs import ROOT, layers

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
REGISTRY = "ghcr.io/flagoperator"
_SOURCE = "https://github.com/flagoperator/flagoperator"


def build(program: Program, tag: str, out: Path, cache: Path | None) -> tuple[str, int]:
    """Write ``NAME.tar`` and ``NAME.cdx.json`` into `out`; return digest and size of the image, unpacked, in bytes."""
    with layers(program, cache) as trees:
        labels = {
            "org.opencontainers.image.title": program.name,
            "org.opencontainers.image.description": program.title,
            "org.opencontainers.image.licenses": "Apache-2.0",
            "org.opencontainers.image.source": _SOURCE,
            "org.opencontainers.image.version": tag,
        }
        name = f"{REGISTRY}/{program.name}:{tag}"
        digest = archive.write(out / f"{program.name}.tar", name, trees, f"/usr/local/bin/{program.name}", labels)
        bill = sbom.bill(program, tag, *trees)
        (out / f"{program.name}.cdx.json").write_text(json.dumps(bill, indent=1) + "\n")
        return digest, sum(path.lstat().st_size for tree in trees for path in tree.rglob("*") if path.is_file())


def main() -> None:
    """Build what is named, and print digest and sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*", choices=[*PROGRAMS, []], metavar="PROGRAM", help="default: all")
    parser.add_argument("--tag", default=VERSION, help="not `latest`, which kubelet pulls each time")
    parser.add_argument("--out", type=Path, default=ROOT / "build/images")
    parser.add_argument("--cache", type=Path, help="keeps Debian's part for the next build")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.cache:
        arguments.cache.mkdir(parents=True, exist_ok=True)
    for name in arguments.programs or PROGRAMS:
        digest, size = build(PROGRAMS[name], arguments.tag, arguments.out, arguments.cache)
        packed = (arguments.out / f"{name}.tar").stat().st_size
        print(f"{name:13} {digest}  {size / 1e6:.0f} MB, {packed / 1e6:.0f} MB to pull")


if __name__ == "__main__":
    main()
