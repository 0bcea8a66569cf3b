"""Layout: on which line of a document a field stands and how it is spelled there.

Looked up only for documents with findings: the text is read a second time then.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from flagd.manifest.path import FieldPath


def line_of(text: str, path: FieldPath) -> int:
    """Return the line, from 0, of `path` in the document `text`, or of what lies nearest above it."""
    line, _ = _find(text, path)
    return line


def spelling_of(text: str, path: FieldPath) -> str | None:
    """Return how the unquoted scalar at `path` is spelled; None if there is none."""
    _, node = _find(text, path)
    if isinstance(node, yaml.ScalarNode) and not node.style:
        return str(node.value)
    return None


def _find(text: str, path: FieldPath) -> tuple[int, yaml.Node | None]:
    node = _compose(text)
    line = _first_line(text) if node is None else node.start_mark.line
    for part in path:
        step = _step(node, part)
        if step is None:
            return line, None
        line, node = step
    return line, node


def _step(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line, item
    if isinstance(node, yaml.MappingNode):
        return _entry(node, str(part))
    return None


def _entry(node: yaml.MappingNode, name: str) -> tuple[int, yaml.Node] | None:
    for key, value in node.value:
        if key.value == name:
            return key.start_mark.line, value
    for key, value in node.value:
        if key.value == "<<":
            for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                found = _entry(source, name) if isinstance(source, yaml.MappingNode) else None
                if found is not None:
                    return key.start_mark.line, found[1]
    return None


@lru_cache(maxsize=4)
def _compose(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        # JSON that YAML cannot read, or an anchor that is defined twice.
        return None


def _first_line(text: str) -> int:
    body = text.removeprefix("---")
    return body[: len(body) - len(body.lstrip())].count("\n")
