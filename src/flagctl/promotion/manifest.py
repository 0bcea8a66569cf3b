"""Manifest: a Flag as it stands in a file, whole or as a patch, with the place of every value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from flagctl.failure import Refused, Unreachable
from flagd.manifest import API_VERSION
from flagd.manifest.reading.files import read_files

if TYPE_CHECKING:
    from collections.abc import Iterator

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml")


@dataclass(frozen=True, slots=True)
class Manifest:
    """One Flag in one document.

    Attributes:
        file: where it stands.
        text: the whole file.
        document: position of the document in the file, from 0.
        node: the document, with the places of its values.
        data: the same as plain data.
    """

    file: str
    text: str
    document: int
    node: yaml.MappingNode
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """``metadata.name``."""
        return str((self.data.get("metadata") or {}).get("name", ""))

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.node.start_mark.line + 1}"


def manifests_in(folder: str) -> dict[str, Manifest]:
    """Return the Flags in the files of `folder` by name; namespaces do not matter, which overlays often set.

    Raises:
        Unreachable: a file cannot be read.
        Refused: a file is not YAML, or two documents are one Flag.
    """
    found: dict[str, Manifest] = {}
    for manifest in _manifests(folder):
        if manifest.name in found:
            first = found[manifest.name].place
            raise Refused(f"Flag {manifest.name} stands at {first} and at {manifest.place}; keep one")
        found[manifest.name] = manifest
    return found


def documents(text: str, file: str) -> list[tuple[yaml.Node, Any]]:
    """Return the documents of `text`, as nodes and as data. Raises Refused where it is not YAML."""
    try:
        nodes = [node for node in yaml.compose_all(text, Loader=yaml.SafeLoader) if node is not None]
        return [(node, _data(node)) for node in nodes]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise Refused(f"{file}{line} is not YAML, so it cannot be edited: {getattr(error, 'problem', error)}") from None


def inline_patches(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the place of each patch inside a kustomization of `folder`, and the name of what it patches."""
    for file, text in _texts(folder):
        if not file.endswith(_KUSTOMIZATIONS):
            continue
        for node, data in documents(text, file):
            patches = data.get("patches") if isinstance(data, dict) else None
            for patch in patches if isinstance(patches, list) else ():
                yield from ((f"{file}:{node.start_mark.line + 1}", name) for name in _patched(patch, file))


def _patched(patch: Any, file: str) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(patch, dict) or not isinstance(patch.get("patch"), str):
        return
    inside = [data for _, data in documents(patch["patch"], file)]
    for named in (patch.get("target"), *(each.get("metadata") for each in inside if isinstance(each, dict))):
        if isinstance(named, dict) and isinstance(named.get("name"), str):
            yield named["name"]


def _manifests(folder: str) -> Iterator[Manifest]:
    for file, text in _texts(folder):
        for position, (node, data) in enumerate(documents(text, file)):
            if isinstance(node, yaml.MappingNode) and (data.get("apiVersion"), data.get("kind")) == (
                API_VERSION,
                "Flag",
            ):
                yield Manifest(file, text, position, node, data)


def _is_flag(data: dict[str, Any]) -> bool:
    return (data.get("apiVersion"), data.get("kind")) == (API_VERSION, "Flag")


def _texts(folder: str) -> Iterator[tuple[str, str]]:
    for source in read_files([folder]):
        if source.fault is not None:
            raise Unreachable(f"{source.name} {source.fault[1]}")
        try:
            yield source.name, source.data.decode()
        except UnicodeDecodeError:
            raise Refused(f"{source.name} is not UTF-8") from None


def _data(node: yaml.Node) -> Any:  # noqa: ANN401
    return yaml.constructor.SafeConstructor().construct_document(node)
