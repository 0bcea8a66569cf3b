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

_TEXTS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
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
    def namespace(self) -> str:
        """``metadata.namespace``; empty where it names none."""
        return str((self.data.get("metadata") or {}).get("namespace") or "")

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.node.start_mark.line + 1}"


def manifests_in(folder: str) -> dict[str, list[Manifest]]:
    """Return the Flags in the files of `folder` by name: several where namespaces have flags of one name.

    Raises:
        Unreachable: a file cannot be read.
        Refused: a file is not YAML, or two documents are one Flag.
    """
    found: dict[str, list[Manifest]] = {}
    for manifest in _manifests(folder):
        namesakes = found.setdefault(manifest.name, [])
        for first in namesakes:
            if first.namespace == manifest.namespace:
                raise Refused(f"Flag {manifest.name} stands at {first.place} and at {manifest.place}; keep one")
        namesakes.append(manifest)
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


def check_keys(node: yaml.Node, file: str) -> None:
    """Return if all keys in `node` are texts, as those of JSON are. Raises Refused where YAML reads one otherwise."""
    for key in _keys(node, set()):
        if key.tag not in _TEXTS:
            place = f"{file}:{key.start_mark.line + 1}"
            raise Refused(f'{place}: the key `{key.value}` without quotes is not a string; quote it: "{key.value}"')


def _keys(node: yaml.Node, seen: set[int]) -> Iterator[yaml.Node]:
    if id(node) in seen or not isinstance(node, yaml.CollectionNode):  # an anchor may stand for what holds it
        return
    seen.add(id(node))
    for entry in node.value:
        key, value = entry if isinstance(entry, tuple) else (None, entry)
        if key is not None:
            yield key
        yield from _keys(value, seen)


def inline_patches(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the place of each patch inside a kustomization of `folder`, and a pattern for the names that it patches."""
    for file, text in _texts(folder):
        if not file.endswith(_KUSTOMIZATIONS):
            continue
        for node, data in documents(text, file):
            for patch in _patches(data):
                yield from ((f"{file}:{node.start_mark.line + 1}", name) for name in _patched(patch, file))


def _patches(kustomization: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield the patches of all fields that kustomize has for them, in the form of ``patches``."""
    if not isinstance(kustomization, dict):
        return
    for field in ("patches", "patchesJson6902"):
        yield from kustomization.get(field) or ()
    yield from ({"patch": each} for each in kustomization.get("patchesStrategicMerge") or () if "\n" in str(each))


def _patched(patch: Any, file: str) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(patch, dict) or not isinstance(patch.get("patch"), str):
        return
    inside = [data for _, data in documents(patch["patch"], file)]
    target = patch.get("target")
    if isinstance(target, dict) and not target.get("name"):
        if target.get("kind", "Flag") == "Flag" and any(map(_changes_spec, inside)):
            yield ".*"
        return
    for named in (target, *(each.get("metadata") for each in inside if isinstance(each, dict))):
        if isinstance(named, dict) and isinstance(named.get("name"), str):
            yield named["name"]


def _changes_spec(patch: Any) -> bool:  # noqa: ANN401
    if isinstance(patch, dict):
        return "spec" in patch
    operations = patch if isinstance(patch, list) else ()
    return any(isinstance(each, dict) and str(each.get("path")).startswith("/spec") for each in operations)


def _manifests(folder: str) -> Iterator[Manifest]:
    for file, text in _texts(folder):
        for position, (node, data) in enumerate(documents(text, file)):
            if isinstance(node, yaml.MappingNode) and _is_flag(data):
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
