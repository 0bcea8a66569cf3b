"""Splice: new values put into the text of a YAML file; comments, order and quoting of all else stay as they are.

A value is taken over as it is written in the source. Text is replaced at the places that the parser reports, so that
what does not change stays byte for byte, which no YAML writer promises.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from flagctl.promotion.carrying import same

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENT = 2
_BARE = re.compile(r"[A-Za-z0-9_./-]+")
_JSON = re.compile(r'\ufeff?\s*\{\s*"')
_PLAIN_KEY = re.compile(r"[a-z]+[A-Z][A-Za-z]+|[a-z]{4,}")
"""Names of fields. Of shorter ones YAML reads some otherwise, such as on and no; true and null are no fields."""


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` in place of what stands from `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A value as it is written: its node, the file that this is in, and the value itself."""

    node: yaml.Node
    file: str
    value: Any


def edits(target: Written, wanted: Any, source: Written | None) -> Iterator[Edit]:  # noqa: ANN401
    """Yield what turns the mapping `target` into `wanted`, with the spelling of `source` where that has the value."""
    keys = {_plain(key): (key, value) for key, value in target.node.value}
    missing: list[tuple[str, Written]] = []
    for name, value in wanted.items():
        beside = None if source is None else _member(source, name)
        if name not in keys:  # or it comes from a merge key
            if not (name in target.value and same(name, target.value[name], value)):
                missing.append((name, _spelling(value, beside)))
        elif not same(name, target.value[name], value):
            key, node = keys[name]
            yield from _change(target, key, Written(node, target.file, target.value[name]), value, beside)
    if missing:
        yield _insertion(target, missing)


def applied(text: str, changes: list[Edit]) -> str:
    """Return `text` with `changes` made."""
    # From the end, and of two at one place the later first: it belongs behind the other.
    for change in reversed(sorted(changes, key=lambda change: change.start)):  # noqa: C413
        text = text[: change.start] + change.text + text[change.end :]
    return text


def is_json(text: str) -> bool:
    """Return whether a file is JSON, or YAML that looks like it: what is added has to be JSON then."""
    return _JSON.match(text) is not None


def _change(
    parent: Written,
    key: yaml.Node,
    old: Written,
    new: Any,  # noqa: ANN401
    source: Written | None,
) -> Iterator[Edit]:
    if isinstance(old.node, yaml.MappingNode) and isinstance(new, dict) and old.value.keys() <= new.keys():
        yield from edits(old, new, source)
    elif _pairs_up(old, new):
        for position, entry in enumerate(new):
            beside = None if source is None else _entry(source, position)
            yield from edits(Written(old.node.value[position], old.file, old.value[position]), entry, beside)
    else:
        yield _replacement(parent, key, old, _spelling(new, source))


def _pairs_up(old: Written, new: Any) -> bool:  # noqa: ANN401
    """Return whether both are lists of mappings that differ within entries only, and lose no field."""
    if not (isinstance(old.node, yaml.SequenceNode) and isinstance(new, list) and len(old.value) == len(new)):
        return False
    pairs = list(zip(old.node.value, old.value, new, strict=True))
    return all(
        isinstance(node, yaml.MappingNode)
        and isinstance(after, dict)
        and before.keys() <= after.keys()
        and all(before.get(name) == after.get(name) for name in ("name", "key"))
        for node, before, after in pairs
    )


def _member(source: Written, name: str) -> Written | None:
    if not isinstance(source.node, yaml.MappingNode) or not isinstance(source.value, dict):
        return None
    found = next((value for key, value in source.node.value if _plain(key) == name), None)
    return None if found is None else Written(found, source.file, source.value[name])


def _entry(source: Written, position: int) -> Written | None:
    if not isinstance(source.node, yaml.SequenceNode) or position >= len(source.node.value):
        return None
    return Written(source.node.value[position], source.file, source.value[position])


def _spelling(value: Any, source: Written | None) -> Written:  # noqa: ANN401
    """Return `source` where it has `value`, else `value` as JSON, which YAML holds."""
    if source is not None and source.value == value and not _is_block_text(source.node):
        return source
    text = json.dumps(value, ensure_ascii=False)
    return Written(yaml.compose(text, Loader=yaml.SafeLoader), text, value)  # type: ignore[arg-type]


def _replacement(parent: Written, key: yaml.Node, old: Written, new: Written) -> Edit:
    start, end = old.node.start_mark.index, _end(old.node, old.file)
    in_flow = _is_flow(parent.node)
    if in_flow or not _is_block(new.node):
        if not _is_block(old.node):
            return Edit(start, end, _inline(new, in_flow=in_flow))
        return Edit(_after_colon(old.file, key), end, f" {_inline(new, in_flow=in_flow)}")
    if _is_block(old.node) and old.node.start_mark.column > key.start_mark.column:
        return Edit(start, end, _shifted(new, old.node.start_mark.column))
    column = key.start_mark.column + _INDENT
    return Edit(_after_colon(old.file, key), end, f"\n{' ' * column}{_shifted(new, column)}")


def _insertion(parent: Written, members: list[tuple[str, Written]]) -> Edit:
    if _is_flow(parent.node):
        at = parent.node.end_mark.index - 1
        comma = ", " if parent.node.value else ""
        key = json.dumps if is_json(parent.file) else _key
        return Edit(
            at, at, comma + ", ".join(f"{key(name)}: {_inline(value, in_flow=True)}" for name, value in members)
        )
    at = parent.file.find("\n", _end(parent.node, parent.file))
    at = len(parent.file) if at < 0 else at
    return Edit(at, at, "".join(_line(parent.node.start_mark.column, name, value) for name, value in members))


def _line(column: int, name: str, new: Written) -> str:
    text = f"\n{' ' * column}{_key(name)}:"
    if not _is_block(new.node):
        return f"{text} {_inline(new, in_flow=False)}"
    inner = column + _INDENT
    return f"{text}\n{' ' * inner}{_shifted(new, inner)}"


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _inline(new: Written, *, in_flow: bool) -> str:
    """Return `new` on one line; within brackets, text that is not quoted has to be plain."""
    span = new.file[new.node.start_mark.index : _end(new.node, new.file)]
    is_bare = isinstance(new.value, str) and span == new.value and not _BARE.fullmatch(span)
    if _is_block(new.node) or "\n" in span or (in_flow and is_bare):
        return json.dumps(new.value, ensure_ascii=False)
    return span


def _shifted(new: Written, column: int) -> str:
    """Return the block `new` with its first character at `column`, where the caller puts it."""
    first, *rest = new.file[new.node.start_mark.index : _end(new.node, new.file)].splitlines()
    by = new.node.start_mark.column
    lines = [f"{' ' * column}{line[by:] if not line[:by].strip() else line.lstrip()}".rstrip() for line in rest]
    return "\n".join([first, *lines])


def _plain(key: yaml.Node) -> Any:  # noqa: ANN401
    return yaml.constructor.SafeConstructor().construct_document(key)


def _after_colon(file: str, key: yaml.Node) -> int:
    return file.index(":", key.end_mark.index) + 1


def _end(node: yaml.Node, file: str) -> int:
    """Return where the last character of `node` is over; the parser counts what follows a block to it."""
    if _is_block(node):
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last, file)
    end = int(node.end_mark.index)
    return len(file[:end].rstrip()) if _is_block_text(node) else end


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _is_flow(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def _is_block_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
