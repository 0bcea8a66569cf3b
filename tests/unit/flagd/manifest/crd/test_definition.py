from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from flagd.manifest import KINDS, crds

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = Path(__file__).resolve().parents[5] / "charts" / "flagoperator" / "files" / "crds"
CRDS = {crd["spec"]["names"]["kind"]: crd for crd in crds()}
UNBOUNDED = {"metadata", "apiVersion", "kind"}
"""Fields of every Kubernetes object, bounded by Kubernetes."""


def root(kind: str) -> dict[str, Any]:
    return CRDS[kind]["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


def fields(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield everything below `schema` with its path; metadata is Kubernetes' own."""
    for name, part in schema.get("properties", {}).items():
        if (path, name) != ("", "metadata"):
            yield f"{path}.{name}", part
            yield from fields(part, f"{path}.{name}")
    for name in ("items", "additionalProperties"):
        if name in schema:
            yield f"{path}.{name}", schema[name]
            yield from fields(schema[name], f"{path}.{name}")


ALL = [(f"{kind}{path}", part) for kind in CRDS for path, part in fields(root(kind), "")]


def test_the_committed_files_are_those_of_the_models():
    there = {path.stem: yaml.safe_load(path.read_text()) for path in FILES.glob("*.yaml")}
    assert there == {crd["spec"]["names"]["plural"]: crd for crd in CRDS.values()}, "run `make generate`"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_names(kind: str):
    crd = CRDS[kind]
    assert crd["metadata"]["name"] == f"{kind.lower()}s.flagoperator.dev"
    assert crd["spec"]["names"]["shortNames"] == [KINDS[kind].short_name]
    assert crd["spec"]["names"]["categories"] == ["flagoperator"]
    assert crd["spec"]["scope"] == "Namespaced"


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_that_nobody_has_looked_at_is_not_ready(kind: str):
    (version,) = CRDS[kind]["spec"]["versions"]
    assert version["subresources"] == {"status": {}}
    assert root(kind)["properties"]["status"]["default"] == {"observedGeneration": -1}


@pytest.mark.parametrize("kind", KINDS)
def test_at_most_six_columns_beside_the_age_are_shown_without_being_asked_for(kind: str):
    columns = CRDS[kind]["spec"]["versions"][0]["additionalPrinterColumns"]
    assert sum(not column.get("priority") for column in columns[:-1]) <= 6
    assert columns[-1]["name"] == "Age"


@pytest.mark.parametrize(("path", "part"), ALL, ids=[path for path, _ in ALL])
def test_a_field_is_described_bounded_and_without_a_default(path: str, part: dict[str, Any]):
    last = path.rpartition(".")[2]
    if last not in ("items", "additionalProperties"):
        assert part["description"].endswith(".")
    if ".spec" in path:
        assert "default" not in part
    match part.get("type"):
        case "string" if last not in UNBOUNDED:
            assert {"maxLength", "enum", "format"} & part.keys()
        case "array":
            assert part["maxItems"] <= 20_000
            assert part["x-kubernetes-list-type"] in ("atomic", "set", "map")
        case "object" if "additionalProperties" in part:
            assert part["maxProperties"] <= 100
        case "integer" if ".spec" in path:
            assert {"minimum", "maximum"} <= part.keys()
        case None:
            assert part.get("x-kubernetes-int-or-string") or part.get("x-kubernetes-preserve-unknown-fields")


def test_what_holds_order_is_replaced_as_a_whole():
    spec = root("Flag")["properties"]["spec"]["properties"]
    assert spec["variants"]["x-kubernetes-list-type"] == "atomic"
    assert spec["segments"]["x-kubernetes-list-type"] == "atomic"
    assert spec["allOtherUsers"]["properties"]["weights"]["x-kubernetes-map-type"] == "atomic"


def test_a_payload_is_anything():
    variants = root("Flag")["properties"]["spec"]["properties"]["variants"]
    payload = variants["items"]["properties"]["payload"]
    assert payload["x-kubernetes-preserve-unknown-fields"] is True
    assert "type" not in payload


def test_schemas_hold_what_kubernetes_calls_structural():
    forbidden = {"$ref", "$defs", "anyOf", "oneOf", "title", "const", "patternProperties", "propertyNames"}
    for path, part in ALL:
        assert not forbidden & part.keys(), path
