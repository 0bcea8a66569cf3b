"""Kind: all that a kind of resource is, in one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flagd.manifest.column import MESSAGE, READY, USED_BY
from flagd.manifest.schema import Schema, integer, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flagd.manifest.cel import Rule
    from flagd.manifest.column import Column
    from flagd.manifest.finding import Finding
    from flagd.manifest.model import Model
    from flagd.manifest.reference import Reference
    from flagd.manifest.resource import Resource

USERS: Schema = {
    "usedBy": {
        "type": "array",
        "maxItems": 100,
        "x-kubernetes-list-type": "atomic",
        "description": "Who refers to this, as Kind/name; the first 100.",
        "items": text("Kind/name.", 317),
    },
    "usedByCount": integer("How many refer to this."),
}
"""What the status of a kind says that others refer to."""


def _nothing(_spec: Any) -> Iterable[Any]:  # noqa: ANN401
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource. What is left out has a default that suits a kind that other resources refer to by name.

    Attributes:
        model: the resource; its name is that of the kind, its docstring is shown by ``kubectl explain``.
        short_name: for kubectl.
        check: yields what is wrong with a spec, judged by itself alone.
        references: yields the other resources that a spec names, whether they exist or not.
        rules: what the API server checks itself, by the name of the kind, of a model or of the field of one
            (``FlagSpec.key``).
        columns: of the table that kubectl prints, without the age.
        status: what the status holds besides its conditions, by field.
        selectable: fields of the spec that ``--field-selector`` knows.
        forms: what is said of text that does not match a pattern, by pattern.
        key_field: the field of the spec that names the resource; without one, or where it is absent, metadata.name.
        shared_names: the space of names that it shares with other kinds; its own where empty.
        inlined: whether what refers to it takes it in, so that nothing of its name is in the ruleset.
        large: whether one object may take a megabyte, so that few are listed at once.
    """

    model: type[Resource]
    short_name: str
    check: Callable[[Any], Iterable[Finding]] = _nothing
    references: Callable[[Any], Iterable[Reference]] = _nothing
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    columns: tuple[Column, ...] = (USED_BY, READY, MESSAGE)
    status: Schema = field(default_factory=lambda: USERS)
    selectable: tuple[str, ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)
    key_field: str = ""
    shared_names: str = ""
    inlined: bool = True
    large: bool = False

    @property
    def name(self) -> str:
        """CamelCase, such as FlagSegment."""
        return self.model.__name__

    @property
    def plural(self) -> str:
        """What the API server calls objects of the kind, such as flagsegments."""
        return f"{self.name.lower()}s"

    @property
    def names(self) -> str:
        """The space of names in which two resources of one name are in conflict."""
        return self.shared_names or self.model.__name__

    @property
    def spec(self) -> type[Model]:
        """The model of the spec."""
        spec: Any = self.model.model_fields["spec"].annotation
        return spec  # type: ignore[no-any-return]

    @property
    def refers(self) -> bool:
        """Whether resources of the kind name others."""
        return self.references is not _nothing
