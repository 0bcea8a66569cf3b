"""Broken: which resources cannot be used as they are, why, and which of them by one fault."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.manifest.changes.news import FEW, News, Reason, fault, lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.manifest import Diagnostic, ResourceRef

LISTED = 100
"""Resources that `/readyz` names."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a resource cannot be used.

    Attributes:
        errors: what is wrong with it, at least one.
        served: what is served in its place, as a sentence.
    """

    errors: tuple[Diagnostic, ...]
    served: str

    def __str__(self) -> str:
        """What to say of it; names no user and quotes no condition."""
        return f"{fault(self.errors)}; {self.served}"


class Broken:
    """Kept with the projects: one writer; readers in other threads see some moment of it."""

    def __init__(self) -> None:
        self._verdicts: dict[ResourceRef, Verdict] = {}
        self._sharing: dict[ResourceRef, dict[ResourceRef, None]] = defaultdict(dict)
        self._together: dict[ResourceRef, ResourceRef] = {}
        self.counts: Counter[str] = Counter()
        """How many there are, by kind: those whose status says Ready=False."""

    def verdict(self, ref: ResourceRef) -> Verdict | None:
        """Return why `ref` cannot be used; None if it can."""
        return self._verdicts.get(ref)

    def refs(self) -> list[ResourceRef]:
        """Return all of them, sorted."""
        return sorted(self._verdicts)

    def told(self) -> list[str]:
        """Return what to say of each, of many the first and how many more there are."""
        refs = self.refs()
        found = [f"{ref}: {verdict}" for ref in refs[:LISTED] if (verdict := self._verdicts.get(ref))]
        rest = len(refs) - LISTED
        return [*found, *([f"and {rest} more"] if rest > 0 else ())]

    def together(self, ref: ResourceRef) -> ResourceRef | None:
        """Return what broke `ref` with many others, or what fixed them; None where it stands for itself."""
        return self._together.get(ref)

    def told_of(self, culprit: ResourceRef) -> str:
        """Return what to say of all that cannot be used because of `culprit`, as one line."""
        verdicts = {ref: self._verdicts[ref] for ref in list(self._sharing.get(culprit, ())) if ref in self._verdicts}
        found = (News(ref, Reason.BROKEN, str(each), str(culprit)) for ref, each in sorted(verdicts.items()))
        return "; ".join(line.text for line in lines(found)) or "nothing is broken because of it any more"

    def judge(self, verdicts: Mapping[ResourceRef, Verdict | None]) -> None:
        """Take in how it stands with some resources; None = they can be used, or are gone."""
        for ref in verdicts:
            before = _culprit(self._verdicts.get(ref))
            if before is not None and len(self._sharing[before]) > FEW:
                self._together[ref] = before
            else:
                self._together.pop(ref, None)
        for ref, verdict in verdicts.items():
            self._put(ref, verdict)
        for culprit in set(map(_culprit, verdicts.values())):
            if culprit is not None and len(self._sharing[culprit]) > FEW:
                self._together |= dict.fromkeys(self._sharing[culprit], culprit)

    def _put(self, ref: ResourceRef, verdict: Verdict | None) -> None:
        before = self._verdicts.pop(ref, None)
        culprit = _culprit(before)
        if culprit is not None:
            self._sharing[culprit].pop(ref, None)
            if not self._sharing[culprit]:
                del self._sharing[culprit]
        self.counts[ref.kind] += (verdict is not None) - (before is not None)
        if verdict is None:
            return
        self._verdicts[ref] = verdict
        if (culprit := _culprit(verdict)) is not None:
            self._sharing[culprit][ref] = None


def _culprit(verdict: Verdict | None) -> ResourceRef | None:
    return None if verdict is None else verdict.errors[0].concerns
