"""Generates schemas/flagoperator.dev/*.json from the CRDs, for kubeconform and for editors; `--check` compares instead.

The layout is that of the CRDs-catalog of datree: GROUP/KIND_VERSION.json. Rules in CEL have no form in JSON Schema:
`flagctl lint` checks them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from flagd.manifest import crds

FOLDER = Path(__file__).resolve().parent.parent / "schemas"
EITHER = "x-kubernetes-int-or-string"
OPEN = "x-kubernetes-preserve-unknown-fields"


def render() -> dict[str, str]:
    """Return the text of every file by its path in the folder."""
    return {
        f"{crd['spec']['group']}/{crd['spec']['names']['singular']}_{version['name']}.json": _schema(crd, version)
        for crd in crds()
        for version in crd["spec"]["versions"]
    }


def _schema(crd: dict[str, Any], version: dict[str, Any]) -> str:
    kind, group = crd["spec"]["names"]["kind"], crd["spec"]["group"]
    found = _plain(version["schema"]["openAPIV3Schema"])
    properties = found["properties"]
    properties["apiVersion"]["const"] = f"{group}/{version['name']}"
    properties["kind"]["const"] = kind
    properties["metadata"] = {
        "type": "object",
        "description": "Name, namespace, labels, annotations.",
        "required": ["name"],
    }
    required = ["apiVersion", "kind", "metadata", *found.get("required", ())]
    header = {"$schema": "http://json-schema.org/draft-07/schema#", "title": kind}
    return json.dumps({**header, **found, "required": required}, indent=2, ensure_ascii=False) + "\n"


def _plain(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node of a CRD's schema as JSON Schema; an object takes the fields that it lists, and no other."""
    found = {name: value for name, value in node.items() if not name.startswith("x-") and name != "default"}
    if node.get(EITHER):
        found.setdefault("anyOf", [{"type": "integer"}, {"type": "string"}])
    if "properties" in node:
        found["properties"] = {name: _plain(each) for name, each in node["properties"].items()}
        if not node.get(OPEN):
            found["additionalProperties"] = False
    for name in ("items", "additionalProperties"):
        if isinstance(node.get(name), dict):
            found[name] = _plain(node[name])
    return found


def main() -> int:
    """Write the files, or compare them with what is committed (exit code 1 when they differ)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    wanted = render()
    there = {path.relative_to(FOLDER).as_posix(): path.read_text() for path in FOLDER.rglob("*.json")}
    if parser.parse_args().check:
        if there != wanted:
            print("schemas differ from the CRDs: run `make generate`", file=sys.stderr)
        return int(there != wanted)
    for name in there.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
