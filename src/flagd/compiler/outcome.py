"""Outcome: what compiling one node of a project gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.compiler.graph.references import COHORT, KEY
from flagd.ruleset.flag import named_cohorts

if TYPE_CHECKING:
    from flagd.compiler.form.bucketing import Bucketed
    from flagd.compiler.graph.references import Node
    from flagd.compiler.scope import Face, FlagFace
    from flagd.manifest.diagnostic import Diagnostic, ResourceRef
    from flagd.ruleset.cohort import Cohort
    from flagd.ruleset.deployment import Deployment
    from flagd.ruleset.flag import EvaluationFlag

_NONE: frozenset[Node] = frozenset()


@dataclass(frozen=True, slots=True)
class Form:
    """The published form of a flag or group, kept as the last good one while its manifest is broken.

    Attributes:
        flag: the compiled flag.
        content: SHA-256 of its canonical JSON; its hexadecimal form is the flag's revision.
        visibility: the deployments that see it.
        owner: the resource it was compiled from; None if it was restored from a ruleset.
        uid: that resource's uid; a resource created again under the same name is another one.
        bucketing: what it buckets by; None if it was restored and has no bucket.
        face: what its dependents see.
        measured: hash of all of it but its percentages and generation; empty where no limits are set.
        moved: what is said of the edit that made this form: whom it moved, and which types it changed.
    """

    flag: EvaluationFlag
    content: bytes
    visibility: frozenset[str]
    owner: ResourceRef | None
    uid: str
    bucketing: Bucketed | None
    face: FlagFace
    measured: bytes = b""
    moved: tuple[Diagnostic, ...] = ()

    def belongs_to(self, ref: ResourceRef, uid: str) -> bool:
        """Return whether the resource `ref` with this uid may keep the form; one that was restored anybody may."""
        return self.owner is None or (self.owner == ref and self.uid == uid)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a node once it is compiled.

    Attributes:
        face: what dependents see; they are compiled again when it changes. None if there is no such resource.
        diagnostics: about the resources that claim this name.
        product: what goes into the ruleset; None for segments, which are inlined, and for broken flags.
        held: whether `product` is the last good form of a resource that is broken now.
        retained: whether `product` is of a resource that is gone, and stays because last good forms need it.
    """

    face: Face | None
    diagnostics: tuple[Diagnostic, ...] = ()
    product: Form | Cohort | Deployment | None = None
    held: bool = False
    retained: bool = False

    @property
    def needs(self) -> frozenset[Node]:
        """What must be in the ruleset for a form that is not compiled any more: its parents and cohorts."""
        if not (self.held or self.retained) or not isinstance(self.product, Form):
            return _NONE
        flag = self.product.flag
        parents = [(KEY, key) for key in flag.get("dependencies", ())]
        return frozenset([*parents, *((COHORT, name) for name in named_cohorts(flag))])
