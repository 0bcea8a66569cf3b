"""Reading: what a folder of manifests says at one time, from bytes to snapshots."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flagd.compiler import Compiled, compile_projects
from flagd.manifest import Severity
from flagd.manifest.redaction import redacted
from flagd.sources.holding import hold, overlay
from flagd.sources.manifests import Manifests, parse_manifests
from flagd.store import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagd.manifest import Diagnostic
    from flagd.manifest.files import SourceFile
    from flagd.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of the folder last.

    Attributes:
        manifests: its files; None before the first reading.
        compiled: the same by project.
        snapshots: the same, ready to answer from, with what is held.
        diagnostics: what is wrong with the files as they are now; says nothing of users.
        held: what was served before a restart and has not been seen since, while some file cannot be read.
    """

    manifests: Manifests | None = None
    compiled: Mapping[str, Compiled] = field(default_factory=dict)
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    held: Mapping[str, Ruleset] = field(default_factory=dict)


def remember(snapshots: Mapping[str, Snapshot]) -> Reading:
    """Return a reading that stands for what was served before a restart."""
    rulesets = {name: one.ruleset for name, one in snapshots.items()}
    compiled = {name: Compiled.restore(one) for name, one in rulesets.items()}
    return Reading(compiled=compiled, snapshots=snapshots, held=rulesets)


def take(sources: Sequence[SourceFile], previous: Reading) -> Reading:
    """Return what `sources` make, at the cost of what changed since `previous`; the same object if nothing did."""
    manifests = parse_manifests(sources, previous.manifests or Manifests())
    if manifests is previous.manifests:
        return previous
    compiled = compile_projects(manifests.resources.values(), previous.compiled)
    rulesets = {name: one.ruleset for name, one in compiled.items()}
    broken = any(finding.severity is Severity.ERROR for finding in manifests.diagnostics)
    held = hold(previous.held, rulesets) if broken and previous.held else {}
    snapshots = {
        name: Snapshot.make(one, previous.snapshots.get(name), time.time())
        for name, one in overlay(rulesets, held).items()
    }
    found = [manifests.locate(finding) for one in compiled.values() for finding in one.diagnostics]
    return Reading(manifests, compiled, snapshots, tuple(map(redacted, (*manifests.diagnostics, *found))), held)


def rejected(diagnostics: Iterable[Diagnostic]) -> dict[str, int]:
    """Return how many resources errors keep out, by project; unreadable parts of files count under ``""``."""
    errors = [finding for finding in diagnostics if finding.severity is Severity.ERROR]
    refs = {finding.resource or finding.location for finding in errors}
    return dict(Counter(getattr(ref, "namespace", "") for ref in refs))
