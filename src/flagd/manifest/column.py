"""Column: one column of the tables that ``kubectl get`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.manifest.schema import Schema

_READY = '.status.conditions[?(@.type=="Ready")]'


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: its heading.
        type: OpenAPI type of what it shows.
        path: JSONPath of it in the object.
        wide: whether it is shown by ``-o wide`` only.
    """

    name: str
    type: str
    path: str
    wide: bool = False

    def schema(self) -> Schema:
        """Return the column as a CRD has it."""
        priority = {"priority": 1} if self.wide else {}
        return {"name": self.name, "type": self.type, "jsonPath": self.path, **priority}


READY = Column("Ready", "string", f"{_READY}.status")
MESSAGE = Column("Message", "string", f"{_READY}.message")
USED_BY = Column("Used by", "integer", ".status.usedByCount")
AGE = Column("Age", "date", ".metadata.creationTimestamp")
