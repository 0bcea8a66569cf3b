"""Unreadable: a resource that is there and says nothing usable, where no earlier form of its manifest is known.

After a restart the manifest of an invalid resource is lost, but the ruleset that was served is not. Such a
resource keeps what was served under its name, and its users learn that it has errors, not that it is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flagd.compiler.graph.references import Node
    from flagd.manifest.diagnostic import ResourceRef


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for a resource whose manifest cannot be used.

    Attributes:
        ref: names the resource.
        node: the name that it keeps, unless a readable resource claims it.
        uid: of the resource; what another one left behind is not kept.
    """

    ref: ResourceRef
    node: Node
    uid: str = ""
