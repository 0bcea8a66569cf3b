"""Attribute paths: how manifests name what a condition compares and what a bucket hashes.

``user.country`` is short for the selector ``("context", "user", "country")`` of Amplitude's
evaluation format. Names with dots, spaces, brackets or quotes stand in brackets:
``user.properties['a.b']``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from flagd.nearest import nearest

USER_FIELDS = (
    "user_id",
    "device_id",
    "country",
    "region",
    "city",
    "dma",
    "language",
    "platform",
    "version",
    "os",
    "device_manufacturer",
    "device_brand",
    "device_model",
    "carrier",
    "library",
    "ip_address",
)
"""Fields of Amplitude's user that hold one value each."""

_USER_HEADS = (*USER_FIELDS, "properties", "cohort_ids")
_GROUP_HEADS = ("name", "properties", "cohort_ids")
_GROUP_SELECTORS = {"name": "group_name", "properties": "group_properties", "cohort_ids": "cohort_ids"}
_GROUP_NAMES = {selector: name for name, selector in _GROUP_SELECTORS.items()}
_SYNONYMS = {
    "id": "user_id",
    "user_properties": "properties",
    "props": "properties",
    "cohorts": "cohort_ids",
    "ip": "ip_address",
    "group_name": "name",
    "group_properties": "properties",
}

_SPELLING = 0.75
"""How alike a name must be to one of ours to be taken for a misspelling of it, not for a property."""

_NAME = r"[^.\[\]'\"\x00-\x20\x7f]+"
_PLAIN = re.compile(_NAME)
_QUOTED = re.compile(r"\['((?:[^'\\]|\\.)*)'\]|\[\"((?:[^\"\\]|\\.)*)\"\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

_QUOTED_NAME = r"\['([^'\\]|\\(.|\n))+'\]|\[\"([^\"\\]|\\(.|\n))+\"\]"
_ANY_NAME = rf"(\.{_NAME}|{_QUOTED_NAME})"
PATTERN = (
    rf"^(user\.({'|'.join((*USER_FIELDS, 'cohort_ids'))}|properties{_ANY_NAME})"
    rf"|groups{_ANY_NAME}\.(name|cohort_ids|properties{_ANY_NAME}))$"
)
"""All valid paths, as a regular expression that schemas can carry (RE2, Rust, Python)."""

_VALID = re.compile(PATTERN.removesuffix("$"))


class AttributePathError(ValueError):
    """The path names no attribute. The text says what would, the nearest known name first."""


def parse_attribute(path: str) -> tuple[str, ...]:
    """Return the selector of `path`: ``user.properties.plan`` → ``("context", "user", "user_properties", "plan")``.

    Raises:
        AttributePathError: `path` is malformed or names nothing that users or groups have.
    """
    selector = _selector(path)
    if not _VALID.fullmatch(path):
        raise AttributePathError(f"brackets are for odd names; write `{path}` as `{format_attribute(selector)}`")
    return selector


def format_attribute(selector: tuple[str, ...] | list[str]) -> str:
    """Return the path of `selector`; text for people where it is not an attribute (``flag new-checkout``)."""
    return _formatted(tuple(selector))


@lru_cache(maxsize=4096)
def _formatted(selector: tuple[str, ...]) -> str:
    match selector:
        case ("context", "user", "user_properties", name):
            return "user" + _join("properties", name)
        case ("context", "user", name):
            return "user" + _join(name)
        case ("context", "groups", group, "group_properties", name):
            return "groups" + _join(group, "properties", name)
        case ("context", "groups", group, name):
            return "groups" + _join(group, _GROUP_NAMES.get(name, name))
        case ("result", flag, "key"):
            return f"flag {flag}"
        case other:
            return ".".join(other)


def _selector(path: str) -> tuple[str, ...]:
    root, *names = _split(path)
    if root == "user":
        return "context", "user", *_user(path, names)
    if root == "groups":
        return "context", "groups", *_group(path, names)
    raise AttributePathError(_rootless(path, root, names))


def _user(path: str, names: list[str]) -> tuple[str, ...]:
    match names:
        case ["properties", name]:
            return "user_properties", name
        case ["properties", *more]:
            raise AttributePathError(_one_property(path, "user.properties", more))
        case [name] if name in _USER_HEADS:
            return (name,)
        case [name, *_] if name not in _USER_HEADS:
            raise AttributePathError(_unknown(path, names, _USER_HEADS, "user"))
        case [name, *_]:
            raise AttributePathError(f"`{path}` goes too deep: `user.{name}` is one value")
    raise AttributePathError(f"`{path}` is not one attribute; write `user.user_id` or `user.properties.<name>`")


def _group(path: str, names: list[str]) -> tuple[str, ...]:
    match names:
        case [group, "properties", name]:
            return group, "group_properties", name
        case [group, "properties", *more]:
            raise AttributePathError(_one_property(path, f"groups{_join(group)}.properties", more))
        case [group, name] if name in _GROUP_HEADS:
            return group, _GROUP_SELECTORS[name]
        case [group, name, *_] if name not in _GROUP_HEADS:
            raise AttributePathError(_unknown(path, names[1:], _GROUP_HEADS, f"groups{_join(group)}"))
        case [group, name, *_]:
            raise AttributePathError(f"`{path}` goes too deep: `groups{_join(group)}.{name}` is one value")
        case [group]:
            raise AttributePathError(f"`{path}` is not one attribute; write `groups{_join(group)}.name`")
    raise AttributePathError(f"`{path}` is not one attribute; write `groups.<type>.name`")


def _one_property(path: str, head: str, names: list[str]) -> str:
    if not names:
        return f"`{path}` is not one attribute; write `{head}.<name>`"
    return f"`{path}` is not one property; put a name with dots in brackets: `{head}['{'.'.join(names)}']`"


def _rootless(path: str, root: str, names: list[str]) -> str:
    """Say what is right for a path that begins with neither `user` nor `groups`."""
    near = _near(root, ("user", "groups")) if names else None
    if near is not None:
        return f"unknown attribute `{path}`, did you mean `{near}{_join(*names)}`?"
    if names and names[0] in _GROUP_HEADS:
        return f"unknown attribute `{path}`, did you mean `groups{_join(root, *names)}`?"
    return _unknown(path, [root, *names], _USER_HEADS, "user")


def _unknown(path: str, names: list[str], known: tuple[str, ...], head: str) -> str:
    """Say what is right where the first of `names`, below `head`, is none of the `known` ones."""
    near = _near(names[0], known)
    if near is None:
        return f"unknown attribute `{path}`; a property of your own is `{head}{_join('properties', names[0])}`"
    rest = names[1:] if near == "properties" else []
    return f"unknown attribute `{path}`, did you mean `{head}{_join(near, *rest)}`?"


def _near(name: str, known: tuple[str, ...]) -> str | None:
    meant = _SYNONYMS.get(name, name)
    if meant in known:
        return meant
    return nearest(name, known, _SPELLING)


def _split(path: str) -> list[str]:
    names: list[str] = []
    position = 0
    while position < len(path):
        found = _QUOTED.match(path, position) if names else None
        if found is not None:
            names.append(_ESCAPE.sub(r"\1", found[1] if found[1] is not None else found[2]))
        else:
            if names:
                if path[position] != ".":
                    raise AttributePathError(_malformed(path, position))
                position += 1
            found = _PLAIN.match(path, position)
            if found is None:
                raise AttributePathError(_malformed(path, position))
            names.append(found[0])
        position = found.end()
        if not names[-1]:
            raise AttributePathError(f"`{path}` contains an empty name")
    return names or [""]


def _malformed(path: str, position: int) -> str:
    return f"`{path}` breaks off at character {position + 1}; put odd names in brackets: `user.properties['a.b']`"


def _join(*names: str) -> str:
    return "".join(f".{name}" if _PLAIN.fullmatch(name) else f"['{_quote(name)}']" for name in names)


def _quote(name: str) -> str:
    return name.replace("\\", "\\\\").replace("'", "\\'")
