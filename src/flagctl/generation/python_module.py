"""PythonModule: one function for each flag of a project, whose type says which variants there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagctl.failure import Refused
from flagctl.generation.literal import docstring, literal
from flagctl.generation.name import class_name, function_name
from flagctl.generation.payload_type import Types

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from flagd.manifest import Flag

OFF = "off"
_HEAD = """{title}
# ruff: noqa
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NotRequired, TypedDict, cast

from flagd.client.typed import expired, payload_of, variant_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import deprecated

    from flagd.client import FlagClient, User
else:

    def deprecated(message):
        return lambda function: function

"""


def python_module(project: str, flags: Iterable[Flag], today: date) -> str:
    """Return the source. Flags past the day that they expire are deprecated.

    Raises:
        Refused: two flags would have one name.
    """
    title = docstring([f"Flags of project {project}. Made by `flagctl generate python`: do not edit."], "")
    ordered = sorted(flags, key=lambda flag: flag.key)
    _check_names(ordered)
    types = Types()
    return _HEAD.format(title=title) + "".join(_Accessor.of(flag, types).source(today) for flag in ordered)


def _check_names(flags: Sequence[Flag]) -> None:
    known: dict[str, str] = {}
    for flag in flags:
        for name in (function_name(flag.key), f"{function_name(flag.key)}_payload", class_name(flag.key)):
            if known.setdefault(name, flag.key) != flag.key:
                raise Refused(f'flags "{known[name]}" and "{flag.key}" would both be {name} in Python')


@dataclass(frozen=True, slots=True)
class _Accessor:
    """One flag.

    Attributes:
        flag: the resource.
        function: name of the function.
        begins: beginning of the names of its types.
        payload: annotation of its payload; empty where no variant has one.
        definitions: source of what that names.
    """

    flag: Flag
    function: str
    begins: str
    payload: str
    definitions: str

    @classmethod
    def of(cls, flag: Flag, types: Types) -> _Accessor:
        """Return what stands for `flag`."""
        begins, before = class_name(flag.key), len(types.definitions)
        payloads = _payloads(flag)
        payload = types.of(payloads, f"{begins}Payload") if payloads else ""
        made = list(types.definitions.values())[before:]
        return cls(flag, function_name(flag.key), begins, payload, "".join(f"{each}\n" for each in made))

    def source(self, today: date) -> str:
        """Return its constant, its types and its functions."""
        keys = ", ".join(map(literal, [*(one.key for one in self.flag.spec.variants), OFF]))
        constant = self.function.strip("_").upper()
        head = f"\n\n{constant}: Final = {literal(self.flag.key)}\n{self.begins}Variant = Literal[{keys}]\n"
        look = f'cast("{self.begins}Variant", variant_of(client, {constant}, user, ({keys})))'
        variant = self._function("", "", f"{self.begins}Variant", look, today)
        if not self.payload:
            return head + variant
        look = f"payload_of(client, {constant}, user, default)"
        alias = f"{self.begins}Payload"
        definitions = self.definitions if self.payload == alias else f"{self.definitions}{alias} = {self.payload}\n"
        return head + definitions + variant + self._function("_payload", f", default: {alias}", alias, look, today)

    def _function(self, suffix: str, more: str, returned: str, look: str, today: date) -> str:
        spec, name = self.flag.spec, f"{self.function}{suffix}"
        signature = f"def {name}(client: FlagClient, user: User | Mapping[str, Any]{more}) -> {returned}:\n"
        warn = f"    expired({literal(self.flag.key)}, {literal(spec.expires)})\n" if spec.expires else ""
        mark = f"@deprecated({literal(self._overdue)})\n" if spec.expires and spec.expires < today.isoformat() else ""
        return f"\n\n{mark}{signature}{docstring(self._told(suffix))}{warn}    return {look}\n"

    @property
    def _overdue(self) -> str:
        owner = f", says {self.flag.spec.owner}" if self.flag.spec.owner else ""
        return f"flag {self.flag.key} was to be gone by {self.flag.spec.expires}{owner}"

    def _told(self, suffix: str) -> list[str]:
        spec = self.flag.spec
        what = spec.description or spec.display_name or f"Flag {self.flag.key}."
        facts = [f"Owner: {spec.owner}." if spec.owner else "", f"Expires: {spec.expires}." if spec.expires else ""]
        payload = "Returns the payload; `default` where the variant has none." if suffix else ""
        return [each for each in (what, payload, " ".join(filter(None, facts))) if each]


def _payloads(flag: Flag) -> list[Any]:
    found = [one.payload for one in flag.spec.variants] + [flag.spec.off_payload]
    payloads = [payload for payload in found if payload is not None]
    if flag.spec.value_type == "Float":
        return [float(payload) for payload in payloads]
    return payloads
