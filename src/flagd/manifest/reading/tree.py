"""Tree: from libyaml's events to JSON-shaped data, with every surprise of YAML bounded or reported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from flagd.manifest.finding import MAX_FINDINGS, Finding
from flagd.manifest.reading.content import Content
from flagd.manifest.reading.scalar import JsonScalar, NotJsonError, resolve
from flagd.manifest.reading.syntax_error import syntax_error
from flagd.manifest.rules.payload import MAX_DEPTH
from flagd.manifest.validation.null import PAYLOADS

if TYPE_CHECKING:
    from collections.abc import Callable

    from flagd.manifest.path import FieldPath

MAX_ALIASED = 100_000
"""Values that aliases may add to a document, all of them written out."""

_TAG = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (int, float), "null": (type(None),)}
_ANY_JSON = PAYLOADS | {"metadata"}
_USUAL = {bool: re.compile("true|false"), int: re.compile("[-+]?(0|[1-9][0-9]*)", re.ASCII)}
"""How unquoted values are spelled by those who know what YAML makes of them."""
_NO_KEY = object()


class _UnreadableError(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


class _Frame:
    __slots__ = ("anchor", "container", "key", "merged", "merging", "size_before")

    def __init__(self, container: dict[str, Any] | list[Any], anchor: str | None, size: int) -> None:
        self.container = container
        self.key: Any = _NO_KEY
        self.merging = False
        self.merged: set[str] = set()
        self.anchor = anchor
        self.size_before = size


def build(text: str) -> Content:
    """Return what `text`, one document, says."""
    parser, tree = yaml.CBaseLoader(text), _Tree()
    try:
        tree.run(parser)
    except _UnreadableError as error:
        return Content(None, (*tree.findings, error.finding), tree.spelled)
    except yaml.YAMLError as error:
        return Content(None, (*tree.findings, syntax_error(error, text)), tree.spelled)
    finally:
        parser.dispose()
    return Content(tree.data, tree.findings, tree.spelled)


class _Tree:
    def __init__(self) -> None:
        self.data: Any = None
        self.findings: list[Finding] = []
        self.spelled: dict[FieldPath, str] = {}
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._size = 0
        self._aliased = 0
        self._line = 0

    def run(self, parser: yaml.CBaseLoader) -> None:
        handlers: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open_mapping,
            yaml.SequenceStartEvent: self._open_sequence,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
        }
        while (event := parser.get_event()) is not None:
            handler = handlers.get(type(event))
            if handler is not None:
                self._line = event.start_mark.line if event.start_mark else 0
                handler(event)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._size += 1
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.key is _NO_KEY and type(frame.container) is dict:
            self._take_key(frame, event)
            return
        value = self._resolved(event)
        if event.implicit[0] and event.tag is None:
            self._note_spelling(value, event.value)
        if event.anchor:
            self._anchors[event.anchor] = value, 1
        self._put(value)

    def _note_spelling(self, value: JsonScalar, written: str) -> None:
        usual = _USUAL.get(type(value))
        if usual is None or usual.fullmatch(written) or len(self.spelled) >= MAX_FINDINGS:
            return
        path = self._path()
        if type(value) is int or not _ANY_JSON.isdisjoint(path):
            self.spelled[path] = written

    def _take_key(self, frame: _Frame, event: yaml.ScalarEvent) -> None:
        written = event.value
        if event.implicit[0] and event.tag is None:
            if written == "<<":
                frame.merging = True
                frame.key = written
                return
            frame.key = written
            arrives = _key_text(self._resolved(event))
            if arrives != written:
                self._find_unquoted(written, arrives)
        if event.anchor:
            self._anchors[event.anchor] = written, 1
        frame.key = written
        if written in frame.merged:
            frame.merged.discard(written)
        elif written in frame.container:
            self._find("DuplicateKey", f"`{written}` is written twice here; kubectl takes one silently: keep one")

    def _find_unquoted(self, written: str, arrives: str | None) -> None:
        if arrives is None:
            shown = "~" if written == "" else written
            self._find("UnquotedKey", f"the key `{shown}` is null to YAML; write a string")
        else:
            self._find(
                "UnquotedKey", f'the key `{written}` without quotes arrives as "{arrives}"; quote it: "{written}"'
            )

    def _resolved(self, event: yaml.ScalarEvent) -> JsonScalar:
        tag, text = event.tag, event.value
        if tag is None:
            return self._plain(text) if event.implicit[0] else text
        name = tag.removeprefix(_TAG)
        if tag == "!" or name == "str":
            return text
        if name not in _TYPES or name == tag:
            self._find("UnsupportedTag", f"the tag `{tag.replace(_TAG, '!!')}` means nothing here; leave it out")
            return text
        value = self._plain(text)
        if type(value) not in _TYPES[name]:
            self._find("InvalidYaml", f"`{text}` is not of the type {name}")
        return value

    def _plain(self, text: str) -> JsonScalar:
        try:
            return resolve(text)
        except NotJsonError:
            self._find("NotJson", f"`{text}` is not a number in JSON; quote it if you mean a string")
            return text

    def _open_mapping(self, event: yaml.MappingStartEvent) -> None:
        self._open({}, event, "map")

    def _open_sequence(self, event: yaml.SequenceStartEvent) -> None:
        self._open([], event, "seq")

    def _open(self, container: dict[str, Any] | list[Any], event: yaml.CollectionStartEvent, kind: str) -> None:
        frames = self._frames
        if event.tag is not None and event.tag not in ("!", _TAG + kind):
            self._find("UnsupportedTag", f"the tag `{event.tag.replace(_TAG, '!!')}` means nothing here; leave it out")
        if frames and frames[-1].key is _NO_KEY and type(frames[-1].container) is dict:
            raise self._unreadable("InvalidYaml", "a key must be a string, not a mapping or a list")
        if len(frames) >= MAX_DEPTH:
            raise self._unreadable("TooDeep", f"nested deeper than {MAX_DEPTH} levels")
        self._size += 1
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        frames.append(_Frame(container, event.anchor, self._size))

    def _close(self, _event: yaml.CollectionEndEvent) -> None:
        frame = self._frames.pop()
        if frame.anchor:
            self._anchors[frame.anchor] = frame.container, self._size - frame.size_before + 1
        self._put(frame.container)

    def _alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self._anchors:
            around = any(frame.anchor == event.anchor for frame in self._frames)
            text = (
                f"`*{event.anchor}` refers to the anchor around it"
                if around
                else f"there is no anchor `&{event.anchor}`"
            )
            raise self._unreadable("InvalidYaml", text)
        value, size = self._anchors[event.anchor]
        self._size += size
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            raise self._unreadable("TooManyAliases", f"aliases add more than {MAX_ALIASED:,} values")
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.key is _NO_KEY and type(frame.container) is dict:
            raise self._unreadable("InvalidYaml", f"`*{event.anchor}` is used as a key; write the key out")
        self._put(value)

    def _put(self, value: object) -> None:
        if not self._frames:
            self.data = value
            return
        frame = self._frames[-1]
        container = frame.container
        if isinstance(container, list):
            container.append(value)
            return
        if frame.merging:
            frame.merging = False
            self._merge(frame, container, value)
        else:
            container[frame.key] = value
        frame.key = _NO_KEY

    def _merge(self, frame: _Frame, container: dict[str, Any], value: object) -> None:
        sources = value if isinstance(value, list) else [value]
        if not all(isinstance(source, dict) for source in sources):
            raise self._unreadable("InvalidYaml", "`<<` takes a mapping or a list of mappings")
        merged: dict[str, Any] = {}
        for source in reversed(sources):
            merged.update(source)
        for key in sorted(merged.keys() & container.keys()):
            self._find(
                "DuplicateKey", f"for kubectl the `{key}` that `<<` brings replaces the one above; put `<<` first"
            )
        container.update(merged)
        frame.merged |= merged.keys()

    def _path(self) -> FieldPath:
        return tuple(
            len(frame.container) if isinstance(frame.container, list) else frame.key
            for frame in self._frames
            if frame.key is not _NO_KEY or isinstance(frame.container, list)
        )

    def _find(self, reason: str, message: str) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(self._path(), reason, message, line=self._line))

    def _unreadable(self, reason: str, message: str) -> _UnreadableError:
        return _UnreadableError(Finding(self._path(), reason, message, line=self._line))


def _key_text(value: JsonScalar) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.8g}" if isinstance(value, float) else str(value)
