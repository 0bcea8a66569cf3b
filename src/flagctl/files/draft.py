"""Draft: a flag that is being started, and the manifest text that teaches its author what may follow."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

from flagd.manifest.model import API_VERSION
from flagd.value_type import BOOLEANS

_PLAIN = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", re.ASCII)  # with a dash, YAML can only take it for text
_NAME_LENGTH = 63


_FIRST_PAYLOAD = {"Boolean": "true", "Integer": "{number}", "Float": "{number}.5", "JSON": "{{number: {number}}}"}
"""Payloads that a new variant starts with, by the type of value. A String needs none: its key is its value."""


@dataclass(frozen=True, slots=True)
class DraftVariant:
    """A variant by its name for people.

    Attributes:
        name: such as ``Light blue``; the key is made from it.
        weight: relative share of those who get the flag; None = even.
    """

    name: str
    weight: int | None = None

    @property
    def key(self) -> str:
        """What callers see: ``light-blue``."""
        return slug(self.name)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the author has said so far.

    Attributes:
        display_name: the flag's name for people.
        key: what callers name it by; None = made from the display name.
        variants: at least one.
        percent: share of all users, as written: ``25`` or ``0.5``.
        type: ``Release`` or ``Experiment``.
        value_type: what every value is, such as ``Boolean``; None = any type.
        owner: who answers for it.
        expires: ``YYYY-MM-DD``.
        deployments: names of FlagDeployments.
        project: namespace; None = left to whoever applies it.
    """

    display_name: str
    key: str | None = None
    variants: tuple[DraftVariant, ...] = (DraftVariant("On"),)
    percent: str = "0"
    type: str = "Release"
    value_type: str | None = None
    owner: str | None = None
    expires: str | None = None
    deployments: tuple[str, ...] = ()
    project: str | None = None

    @property
    def name(self) -> str:
        """``metadata.name``, which Kubernetes wants in lower case with dashes; empty where nothing is left."""
        return slug(self.key or self.display_name)[:_NAME_LENGTH].rstrip("-")

    def manifest(self) -> str:
        """Return the YAML text, with comments on what may follow."""
        return "\n".join([*self._head(), *self._about(), *self._variants(), *self._targeting()]) + "\n"

    def _head(self) -> list[str]:
        lines = [f"apiVersion: {API_VERSION}", "kind: Flag", "metadata:", f"  name: {_scalar(self.name)}"]
        return [*lines, f"  namespace: {_scalar(self.project)}"] if self.project else lines

    def _about(self) -> list[str]:
        key = [f"  key: {_scalar(self.key)}"] if self.key and self.key != self.name else []
        owner = f"  owner: {_scalar(self.owner)}" if self.owner else "  # owner: team-name"
        expires = f"  expires: {json.dumps(self.expires)}" if self.expires else '  # expires: "2030-12-31"'
        names = ", ".join(map(_scalar, self.deployments))
        return [
            "spec:",
            *key,
            f"  displayName: {_scalar(self.display_name)}",
            "  # description: What it changes, for anyone who reads this in a year.",
            _noted(owner, "who answers for it"),
            _noted(expires, "when it should be gone; see flagctl stale"),
            f"  type: {self.type}",
            _noted("  active: false", 'until true, everybody but the testers gets "off"'),
            _noted(f"  deployments: [{names}]" if names else "  # deployments: [web]", "who may see it"),
        ]

    def _variants(self) -> list[str]:
        lines = [_noted("  variants:", "their order is part of bucketing")]
        if self.value_type:
            lines.insert(0, _noted(f"  valueType: {self.value_type}", "what every variant is to those who ask"))
        for number, variant in enumerate(self.variants, 1):
            lines += [f"    - key: {_scalar(variant.key)}", f"      name: {_scalar(variant.name)}"]
            lines += self._payload(number, variant.key)
        return [
            *lines,
            *([] if self.value_type else [_noted("      # payload: {columns: 1}", "any JSON but null")]),
            _noted('      # testers: {userIds: ["ann"]}', "they get it even while the flag is inactive"),
        ]

    def _payload(self, number: int, key: str) -> list[str]:
        """Return the line of a payload where the key of the variant cannot be its value."""
        first = _FIRST_PAYLOAD.get(self.value_type or "")
        if first is None or (self.value_type == "Boolean" and key in BOOLEANS):
            return []
        return [_noted(f"      payload: {first.format(number=number)}", "its value: change it")]

    def _targeting(self) -> list[str]:
        whole = self.percent.isascii() and self.percent.isdecimal()
        percent = str(int(self.percent)) if whole else json.dumps(self.percent)
        lines = [
            _noted("  # segments:", "tried in order; the first that matches decides"),
            "  #   - name: US and Canada",
            "  #     match:",
            "  #       - {attribute: user.country, op: is, values: [US, CA]}",
            "  #     rollout: {percent: 25}",
            "  allOtherUsers:",
            _noted(f"    percent: {percent}", "raise it step by step: nobody who has the flag loses it"),
        ]
        if any(variant.weight is not None for variant in self.variants):
            weights = [f"{_scalar(v.key)}: {1 if v.weight is None else v.weight}" for v in self.variants]
            lines.append(f"    weights: {{{', '.join(weights)}}}")
        return lines


def slug(name: str) -> str:
    """Return `name` in lower case with dashes: ``Größe & Farbe`` → ``grosse-farbe``; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def _scalar(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _noted(line: str, comment: str) -> str:
    return f"{line:<36} # {comment}"
