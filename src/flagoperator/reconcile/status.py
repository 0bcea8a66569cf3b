"""Status: what is to be written about one resource. Pure: the same facts give the same status."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flagd.manifest import Severity
from flagoperator.reconcile.condition import Condition, condition_of
from flagoperator.reconcile.effective import Reach, effective, rollout
from flagoperator.reconcile.list_status import list_conditions, list_status
from flagoperator.reconcile.propagation import Stage
from flagoperator.reconcile.ramps.report import AT_REST, LOST, NOT_USABLE, STALLED
from flagoperator.reconcile.served import served_instead
from flagoperator.reconcile.settlement import settlement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.manifest import Diagnostic, ResourceRef
    from flagd.ruleset import Cohort
    from flagoperator.reconcile.entry import Entry
    from flagoperator.reconcile.propagation import Progress
    from flagoperator.reconcile.served import Served

NO_REACH = Reach()
MOST_USERS = 100
MOST_FINDINGS = 5
COMPILED = "compiled"
"""Message of Ready where there is nothing to say."""
SHORT_REVISION = 8
"""Digits of a revision that a table shows."""
WAITING = frozenset({"ReferenceMissing", "ReferenceBroken", "ListMissing", LOST.reason})
"""Reasons that go away when somebody else appears, is fixed or answers; all others need an edit of the resource."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was seen to be served by every ready replica, and what was said of it then.

    Attributes:
        uid: of the object.
        generation: of its spec.
        revision: hash of its form; empty for kinds that are not served as such.
        published: the count of replicas.
    """

    uid: str
    generation: int
    revision: str
    published: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that a status is made of.

    Attributes:
        entry: the resource, with the status it has.
        findings: what the compiler found about it.
        served: its form in the ruleset; None where there is none.
        progress: how far the replicas are with it.
        users: who refers to it.
        recount: whether the number of replicas is to be written again though not all have it yet.
        shown: what this process has seen to be served everywhere; None = nothing yet.
        reach: how far the percentages of a flag reach.
        members: who is in a cohort, as that is served.
        trusting: whether the status is believed where it says that: replicas may not have come back yet. A status
            may also be from a backup, or by a foreign hand, so that does not last.
    """

    entry: Entry
    findings: Sequence[Diagnostic]
    served: Served | None
    progress: Progress
    users: Sequence[ResourceRef] = ()
    recount: bool = False
    shown: Shown | None = None
    reach: Reach = NO_REACH
    trusting: bool = True
    members: Cohort | None = None

    @property
    def usable(self) -> bool:
        """Whether the present generation is what is served."""
        return not _errors(self.entry.findings) and not _errors(self.findings)

    @property
    def proof(self) -> Shown | None:
        """What is believed to be served of the present generation everywhere; None = that is not known."""
        entry = self.entry
        if self.shown is not None and (self.shown.uid, self.shown.generation) == (entry.uid, entry.generation):
            return self.shown
        if self.trusting and is_served_everywhere(entry.status, entry.generation):
            return shown_by(entry)
        return None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an event says of a resource that is not ready. Equal to another where only the wording of the fault differs.

    Attributes:
        reason: why it is not ready.
        served: what is served in its place.
        fault: what is wrong with it.
    """

    reason: str
    served: str
    fault: str = field(compare=False)

    def __str__(self) -> str:
        return f"{self.fault}; {self.served}" if self.served else self.fault


def desired_status(facts: Facts, now: str) -> dict[str, Any]:
    """Return the status that `facts` deserve; equal to `facts.entry.status` if nothing is to be written.

    `now` is RFC 3339, for conditions that change.
    """
    entry = facts.entry
    ready = _ready(facts)
    published = _published(facts)
    more = _of_rollout(facts, published) if entry.ref.kind == "Flag" else list_conditions(entry, facts.findings)
    extra = [*_abnormal(ready, published), *more]
    conditions = [
        each.written(condition_of(entry.status, each.type), entry.generation, now)
        for each in (ready, published, *extra)
    ]
    status: dict[str, Any] = {"observedGeneration": entry.generation, "conditions": conditions}
    if entry.request:
        status["lastHandledReconcileAt"] = entry.request[:1024]
    if entry.ref.kind == "Flag":
        return status | _flag(facts, published, now)
    users = [f"{user.kind}/{user.name}" for user in facts.users[:MOST_USERS]]
    used = {"usedByCount": len(facts.users)} | ({"usedBy": users} if users else {})
    return status | used | list_status(facts.members)


def shown_by(entry: Entry) -> Shown:
    """Return what the status of `entry` shows of its present generation."""
    revision, published = (str(entry.status.get(name, "")) for name in ("revision", "published"))
    return Shown(entry.uid, entry.generation, revision, published)


def is_served_everywhere(status: Mapping[str, Any], generation: int) -> bool:
    """Return whether `status` says that `generation` is published."""
    published = condition_of(status, "Published")
    return published is not None and published["status"] == "True" and published.get("observedGeneration") == generation


def complaint(status: Mapping[str, Any]) -> Complaint | None:
    """Return what is wrong according to `status`; None while the resource is ready, or waits at a place of its ramp."""
    ready, published = condition_of(status, "Ready"), condition_of(status, "Published")
    if ready is None or ready["status"] != "False" or ready["reason"] in STALLED:
        return None
    return Complaint(ready["reason"], published["message"] if published is not None else "", ready["message"])


def _ready(facts: Facts) -> Condition:
    entry = facts.entry
    invalid = _errors(entry.findings)
    if invalid:
        return Condition("Ready", "False", invalid[0].reason, _text(invalid))
    errors = _errors(facts.findings)
    if errors:
        return Condition("Ready", "False", errors[0].reason, _text(errors))
    if facts.reach.ramp is not None and facts.reach.ramp.unready is not None:
        return facts.reach.ramp.unready
    warnings = [*entry.findings, *facts.findings]
    return Condition("Ready", "True", "Compiled", _text(warnings) if warnings else COMPILED)


def _published(facts: Facts) -> Condition:
    if not facts.usable:
        return Condition("Published", "False", *served_instead(facts.entry, facts.served))
    if facts.reach.ramp is not None and facts.reach.ramp.unready == LOST:
        return replace(LOST, type="Published")
    status, generation = facts.entry.status, facts.entry.generation
    stage, progress = facts.progress.stage, facts.progress
    if facts.proof is not None:
        # Written once: replicas that come and go later rewrite nothing.
        return Condition("Published", "True", "Published", "every ready replica has it")
    if stage is Stage.SERVED and not _claims_another_generation(status, generation):
        return Condition("Published", "True", "Published", "every ready replica has it")
    if stage is Stage.REFUSED:
        return Condition("Published", "False", "Refused", progress.detail)
    if stage is Stage.NO_REPLICAS:
        return Condition("Published", "Unknown", "NoReplicas", "there is no ready replica to serve it")
    if stage is Stage.HELD and progress.detail:
        return Condition("Published", "Unknown", "Held", progress.detail)
    return Condition("Published", "Unknown", "Publishing", "not every ready replica has it yet")


def _of_rollout(facts: Facts, published: Condition) -> list[Condition]:
    ramp = facts.reach.ramp
    balanced = [] if ramp is None or ramp.balanced is None else [ramp.balanced]
    return [_rolled_out(facts, published), *balanced]


def _rolled_out(facts: Facts, published: Condition) -> Condition:
    """Return whether a flag is where it is to be: without a ramp once it is published, and by the same write."""
    if facts.reach.ramp is not None:
        return facts.reach.ramp.rolled_out
    if not facts.usable:
        return NOT_USABLE
    if published.status == "True":
        return Condition("RolledOut", "True", published.reason, AT_REST)
    return Condition("RolledOut", "False", published.reason, published.message)


def _claims_another_generation(status: Mapping[str, Any], generation: int) -> bool:
    # `kubectl wait` does not look at generations: what it would believe is taken back first.
    published = condition_of(status, "Published")
    return published is not None and published["status"] == "True" and published.get("observedGeneration") != generation


def _abnormal(ready: Condition, published: Condition) -> list[Condition]:
    """Return the conditions that are there only while they are true (kstatus)."""
    if ready.status == "True":
        if published.status == "True":
            return []
        return [Condition("Reconciling", "True", published.reason, published.message)]
    if ready.reason in WAITING:
        return [Condition("Reconciling", "True", ready.reason, ready.message)]
    return [Condition("Stalled", "True", ready.reason, ready.message)]


def _flag(facts: Facts, published: Condition, now: str) -> dict[str, Any]:
    entry, served = facts.entry, facts.served
    found: dict[str, Any] = {} if served is None else {"revision": served.revision}
    if facts.usable:
        found["published"] = _counted(facts)
        proof = facts.proof
        if proof is not None and _is_kept(facts, published, proof):
            # What it refers to changed: what is named here is the form that is served everywhere.
            kept = {"revision": proof.revision, "published": proof.published}
            found |= {name: text for name, text in kept.items() if text}
    elif served is not None:
        found["published"] = _counted_before(facts, served)
    if "revision" in found:
        found["shortRevision"] = found["revision"][:SHORT_REVISION]
    if served is not None and served.generation is not None:
        found["servedGeneration"] = served.generation
    found |= settlement(entry.status, served, now)
    comes_to = effective(entry, facts.reach)
    return found | ({"effective": comes_to} if comes_to else {}) | rollout(entry, facts.reach)


def _is_kept(facts: Facts, published: Condition, proof: Shown) -> bool:
    """Return whether the present generation was served everywhere before, and nothing newer of it is."""
    if published.status != "True":
        return False
    same = facts.served is not None and proof.revision == facts.served.revision
    return same or facts.progress.stage is not Stage.SERVED


def _counted_before(facts: Facts, served: Served) -> str:
    """Return how many replicas serve an earlier generation, and which."""
    shown = facts.proof
    suffix = "" if served.generation is None else f" (gen {served.generation})"
    if shown is not None and shown.revision == served.revision and shown.published.endswith(suffix):
        return shown.published  # replicas that come and go later rewrite nothing
    return f"{_counted(facts).partition(' ')[0]}{suffix}"


def _counted(facts: Facts) -> str:
    status, progress = facts.entry.status, facts.progress
    current = status.get("observedGeneration") == facts.entry.generation and "published" in status
    if progress.stage is Stage.PUBLISHING and current and not facts.recount:
        return str(status["published"])
    return f"{progress.have}/{progress.want}"


def _errors(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def _text(findings: Sequence[Diagnostic]) -> str:
    told = [f"{each.path}: {each.message}" if each.path else each.message for each in findings[:MOST_FINDINGS]]
    more = len(findings) - len(told)
    return "; ".join([*told, f"and {more} more"] if more else told)
