"""Row: one flag in a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from flagctl.dashboard.pages.need import Need, needs_of
from flagoperator.reconcile.ramps.ratio_text import BALANCED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from flagctl.dashboard.inventory.item import Item


@dataclass(frozen=True, slots=True)
class Part:
    """One variant's part of those who get any.

    Attributes:
        name: key of the variant.
        share: 0 to 1.
    """

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Row:
    """One flag.

    Attributes:
        namespace: the project.
        name: of the object.
        key: what callers name it by.
        title: its display name; empty where it has none.
        owner: who answers for it; empty where the manifest does not say.
        type: Release or Experiment.
        known: whether its spec can be read; of one that cannot, the numbers say nothing.
        active: whether targeting applies.
        percent: how far it reaches now, of All Other Users; text as manifests write it.
        goal: how far it is to reach.
        segments: how many segments it has besides.
        parts: its variants, by weight.
        phase: of its rollout; empty without one.
        reason: why the rollout stands where it does.
        step: of how many, as ``2/4``.
        balanced: True where the users of a run are divided as percentages and weights say, False where not, Unknown
            where nobody was seen yet; empty without a run.
        ready: True, False or Unknown; empty where nobody says.
        message: why it is not ready.
        published: ready replicas that serve it, as ``3/3``; empty where nobody says.
        serving: ``differs`` where a ready replica serves another form, else ``everywhere``; empty where nobody says.
        expires: date by which it should go.
        created: RFC 3339.
        needs: what needs a person.
    """

    namespace: str
    name: str
    key: str
    title: str
    owner: str
    type: str
    known: bool
    active: bool
    percent: str
    goal: str
    segments: int
    parts: tuple[Part, ...]
    phase: str
    reason: str
    step: str
    balanced: str
    ready: str
    message: str
    published: str
    serving: str
    expires: str
    created: str
    needs: tuple[Need, ...]

    @property
    def path(self) -> str:
        """The path of its page: by the object's name, since a key may hold anything."""
        return f"/flags/{self.namespace}/{self.name}"


_ROWS: WeakKeyDictionary[Item, tuple[date, Row]] = WeakKeyDictionary()
"""The row of each item that is known, made once a day: a list of 10,000 flags makes none again."""


def row_of(item: Item, today: date) -> Row:
    """Return the row of the flag `item`, as it stands on the day `today`."""
    known = _ROWS.get(item)
    if known is None or known[0] != today:
        known = _ROWS[item] = today, _row(item, today)
    return known[1]


def _row(item: Item, today: date) -> Row:
    spec, status = item.spec, item.status
    rollout, effective = status.get("rollout") or {}, status.get("effective") or {}
    rest = spec.get("allOtherUsers") or {}
    goal = str(rollout.get("goal", rest.get("percent", 0)))
    ready, why = _ready(item)
    needs = needs_of(item, today)
    return Row(
        namespace=item.ref.namespace,
        name=item.ref.name,
        key=item.key,
        title=str(spec.get("displayName") or ""),
        owner=str(spec.get("owner") or ""),
        type=str(spec.get("type") or "Release"),
        known=bool(spec),
        active=bool(spec.get("active")),
        percent=str(rollout.get("percent", effective.get("percent", goal))),
        goal=goal,
        segments=len(spec.get("segments") or ()),
        parts=parts_of(spec.get("variants") or (), rest.get("weights")),
        phase=str(rollout.get("phase", "")),
        reason=str(rollout.get("reason", "")),
        step=str(rollout.get("step", "")),
        balanced=str(item.condition(BALANCED).get("status", "")),
        ready=ready,
        message=why,
        published=str(status.get("published", "")),
        serving=_serving(item, needs),
        expires=str(spec.get("expires") or ""),
        created=str(item.metadata.get("creationTimestamp") or ""),
        needs=needs,
    )


def link_of(item: Item) -> dict[str, str]:
    """Return what a link to `item` is made of."""
    return {"kind": item.ref.kind, "namespace": item.ref.namespace, "name": item.ref.name, "key": item.key}


def parts_of(variants: Sequence[Mapping[str, Any]], weights: Mapping[str, Any] | None) -> tuple[Part, ...]:
    """Return the part of each of `variants` by `weights`; even where there are none."""
    keys = [str(each.get("key")) for each in variants]
    weighed = dict.fromkeys(keys, 1.0) if weights is None else {key: float(weights.get(key, 0)) for key in keys}
    total = sum(weighed.values()) or 1.0
    return tuple(Part(key, weight / total) for key, weight in weighed.items())


def _serving(item: Item, needs: Sequence[Need]) -> str:
    if not item.condition("Published"):
        return ""
    return "differs" if {Need.UNPUBLISHED, Need.LAST_GOOD} & set(needs) else "everywhere"


def _ready(item: Item) -> tuple[str, str]:
    if item.faults:
        return "False", "; ".join(item.faults)
    condition = item.condition("Ready")
    if not condition:
        return ("", "") if item.status or item.metadata.get("uid") else ("True", "")
    good = condition.get("status") == "True"
    return str(condition.get("status")), "" if good else str(condition.get("message") or condition.get("reason") or "")
