"""Transfer: imported flags, checked as manifests, and what is to be said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.compiler import compile_project
from flagd.manifest import Severity, validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from flagctl.migration.imported import Imported
    from flagctl.migration.proof import Proof
    from flagd.manifest import Resource
    from flagd.ruleset import EvaluationFlag


@dataclass(frozen=True, slots=True)
class Transfer:
    """One flag, and how it went.

    Attributes:
        flag: the flag.
        faults: why its manifest would be refused; such a flag is not written.
        proof: whether users get the same; None where nobody asked.
    """

    flag: Imported
    faults: tuple[str, ...] = ()
    proof: Proof | None = None

    @property
    def failed(self) -> bool:
        """Whether it is not written, or answers otherwise."""
        return bool(self.faults) or (self.proof is not None and self.proof.proven is False)

    def lines(self, written: str) -> Iterator[str]:
        """Yield what is to be said; `written` is the file it went to, empty where it went to none."""
        state = "not imported" if self.faults else f"→ {written}" if written else "imported"
        held = any(loss.moves for loss in self.flag.losses) and not self.faults
        yield f"{self.flag.key}: {state}{', inactive: it would answer otherwise' if held else ''}"
        yield from (f"  error: {fault}" for fault in self.faults)
        if self.proof is not None:
            yield f"  {self.proof.text}"
        yield from (f"  not carried over: {loss.text}" for loss in self.flag.losses)


def transfers(flags: Sequence[Imported]) -> tuple[list[Transfer], Mapping[str, EvaluationFlag]]:
    """Return each flag with the faults of its manifest, and the compiled flags by key."""
    resources: dict[str, Resource] = {}
    faults: dict[str, list[str]] = {}
    for flag in flags:
        resource, found = validate(flag.manifest("default"))
        if resource is not None:
            resources[flag.name] = resource
        faults[flag.name] = [f"{each.path}: {each.message}" for each in found if each.severity is Severity.ERROR]
    compiled = compile_project(list(resources.values()))
    for each in compiled.diagnostics:
        if each.severity is Severity.ERROR and each.resource is not None:
            faults[each.resource.name].append(f"{each.path}: {each.message}")
    checked = [Transfer(flag, tuple(faults[flag.name])) for flag in flags]
    return checked, {flag["key"]: flag for flag in compiled.flags}
