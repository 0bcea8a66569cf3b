"""User: the JSON that says whom to evaluate, checked before anybody is asked.

Both forms are taken: Amplitude's (``groups: {"company": ["acme"]}`` and ``group_properties``)
and the evaluation API's (``groups: {"company": {"name": "acme", "properties": {…}}}``).
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from flagctl.suggestion import suggestion
from flagd.condition.attribute import USER_FIELDS
from flagd.nearest import nearest
from flagd.rpc.shape import kind as kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_GROUP_FIELDS = ("name", "properties", "cohort_ids")
_AS_PROPERTY = 'properties of your own go under user_properties: {"user_properties": {%s: …}}'
_SYNONYMS = {"id": "user_id", "properties": "user_properties", "cohorts": "cohort_ids"}


class UserError(ValueError):
    """The text describes no user. The message says where and what would be right."""


class NotJsonError(UserError):
    """The text is not JSON."""


def read_user(text: str) -> dict[str, Any]:
    """Return the user that the JSON `text` describes, without the fields that are null.

    Raises:
        UserError: it is not JSON, not an object, or holds a field that users do not have.
    """
    user = _parse(text)
    if not isinstance(user, dict):
        raise UserError(f'a user is a JSON object such as {{"user_id": "ann"}}, not {kind_of(user)}')
    present = {name: value for name, value in user.items() if value is not None}
    for name, value in present.items():
        _field(name)(name, value)
        _numbers(name, value)
    if "groups" in present:
        present["groups"] = {kind: [one] if isinstance(one, str) else one for kind, one in present["groups"].items()}
    return present


def _parse(text: str) -> Any:  # noqa: ANN401
    if not text.strip():
        raise UserError("no user given: the string is empty")
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJsonError(f"not JSON ({error.msg.lower()}, {place})") from None
    except UserError:
        raise
    except RecursionError:
        raise UserError("nested too deep") from None
    except ValueError:  # what Python says of it is about Python
        raise UserError(f"a number has more than {sys.get_int_max_str_digits()} digits") from None


def _no_constant(word: str) -> None:
    raise UserError(f"{word} is not JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UserError(f'"{twice}" is given twice')
    return members


def _field(name: str) -> Callable[[str, Any], None]:
    if name in USER_FIELDS:
        return _text
    if name in _CHECKS:
        return _CHECKS[name]
    near = _SYNONYMS.get(name) or nearest(name, (*USER_FIELDS, *_CHECKS))
    right = f'did you mean "{near}"?' if near else _AS_PROPERTY % json.dumps(name, ensure_ascii=False)
    raise UserError(f'a user has no field "{name}"; {right}')


def _text(where: str, value: object) -> None:
    if not isinstance(value, str):
        raise UserError(f"{where} must be a string, not {kind_of(value)}; write {json.dumps(_as_text(value))}")


def _texts(where: str, value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UserError(f'{where} must be a list of strings such as ["a"], not {kind_of(value)}')


def _object(where: str, value: object) -> None:
    if not isinstance(value, dict):
        raise UserError(f"{where} must be an object, not {kind_of(value)}")


def _groups(where: str, value: object) -> None:
    for group_type, group in _members(where, value):
        here = f"{where}.{group_type}"
        if isinstance(group, str):
            continue
        if isinstance(group, list):
            _texts(here, group)
        elif isinstance(group, dict):
            _group(here, group)
        else:
            right = 'a name ("acme"), a list of names (["acme"]) or an object ({"name": "acme"})'
            raise UserError(f"{here} must be {right}, not {kind_of(group)}")


def _group(where: str, group: dict[str, Any]) -> None:
    checks: dict[str, Callable[[str, Any], None]] = {"name": _text, "properties": _object, "cohort_ids": _texts}
    for name, value in group.items():
        if name not in checks:
            raise UserError(f'{where} has no field "{name}"; {suggestion(name, _GROUP_FIELDS)}')
        if value is not None:
            checks[name](f"{where}.{name}", value)


def _by_group(check: Callable[[str, Any], None]) -> Callable[[str, Any], None]:
    def check_all(where: str, value: object) -> None:
        for group_type, groups in _members(where, value):
            for name, entry in _members(f"{where}.{group_type}", groups):
                check(f"{where}.{group_type}.{name}", entry)

    return check_all


def _numbers(where: str, value: object) -> None:
    try:
        _check_exact(where, value)
    except RecursionError:
        raise UserError(f"{where} is nested too deep") from None


def _check_exact(where: str, value: object) -> None:
    """Refuse integers that no door takes as they are: manifests would be asked another question than a server."""
    if isinstance(value, dict):
        for name, member in value.items():
            _check_exact(f"{where}.{name}", member)
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _check_exact(f"{where}[{position}]", item)
    elif isinstance(value, int) and abs(value) > 1 << 53:
        raise UserError(f'{where} is too large to be sent exactly as a number; write it as a string: "{value}"')


def _members(where: str, value: object) -> Iterable[tuple[str, Any]]:
    _object(where, value)
    return value.items() if isinstance(value, dict) else ()


_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "user_properties": _object,
    "cohort_ids": _texts,
    "groups": _groups,
    "group_properties": _by_group(_object),
    "group_cohort_ids": _by_group(_texts),
}


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
