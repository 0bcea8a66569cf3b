"""View: one revision of a project as one kind of caller sees it. What a call needs, looked up once."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from google.protobuf.timestamp_pb2 import Timestamp

from flagd.api.answer import UNKNOWN_FLAG
from flagd.rpc.spelling import Spelling
from flagd.rpc.status import NotFound
from flagd.tracking.telling import Telling
from flagd.v1.evaluation_pb2 import EvaluateResponse, ExplainResponse, WatchResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from flagd.api.answer import Answers
    from flagd.api.discretion import Discretion
    from flagd.engine import Variant
    from flagd.ruleset import Ruleset
    from flagd.snapshot import Snapshot
    from flagd.tracking import Tracking


class View:
    """The flags of one snapshot that a caller may see, and how to answer from them.

    What is needed for all flags is made when all are first asked for: a revision costs callers of one flag nothing.

    Attributes:
        snapshot: the revision.
        deployments: whose keys the caller showed; None = no key, and every flag is seen.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        deployments: frozenset[str] | None,
        answers: Answers,
        discretion: Discretion,
        tracking: Tracking | None = None,
    ) -> None:
        """Show what a key of `deployments` sees of `snapshot`; None sees every flag. `tracking` is told of it."""
        self.deployments = deployments
        self._tracking = tracking
        # All three are filled as callers ask, and shared with the views that `at` makes.
        self._seen: set[str] = set()
        self._keys: list[str] = []
        self._spelling: list[Spelling] = []
        self._answers = answers
        self._sees_all = deployments is None
        self._told = None if _is_trusted(deployments, snapshot.ruleset) else discretion.told
        variant = snapshot.engine.variant
        if tracking is not None:
            variant = partial(_tracked, variant, tracking, self)
        self._one = variant if self._told is None else partial(_discreet, variant, self._told)
        self._take(snapshot)

    def at(self, snapshot: Snapshot) -> View:
        """Return the same view of a snapshot that differs in its age only."""
        view = copy(self)
        view._take(snapshot)
        return view

    def _take(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        facts: dict[str, Any] = {
            "revision": snapshot.revision,
            "stale": snapshot.stale,
            "as_of": _timestamp(snapshot.as_of),
        }
        self.tail = EvaluateResponse(**facts).SerializeToString()
        self.watch_tail = WatchResponse(**facts).SerializeToString()
        self.explain_tail = ExplainResponse(**facts).SerializeToString()

    @property
    def source(self) -> tuple[str, str]:
        """Project and revision."""
        return self.snapshot.ruleset.project, self.snapshot.revision

    @property
    def keys(self) -> Sequence[str]:
        """Keys of the flags seen, sorted. Groups are never among them."""
        if not self._keys:
            self._keys += sorted(filter(self.sees, self.snapshot.ruleset.flags))
        return self._keys

    def sees(self, flag_key: str) -> bool:
        """Whether the caller may know of this flag."""
        if flag_key in self._seen:
            return True
        if not _visible(flag_key, self.snapshot.ruleset, self.deployments):
            return False
        self._seen.add(flag_key)
        return True

    def explains(self, flag_key: str) -> bool:
        """Whether the caller may learn of this flag or group from the explanation of another."""
        return self._sees_all or self.sees(flag_key)

    def why_unknown(self, flag_key: str) -> str:
        """Return what to say of a flag that the caller does not see, with the nearest that it sees."""
        if not self._spelling:
            self._spelling.append(Spelling(self.keys))
        near = self._spelling[0].nearest(flag_key)
        return UNKNOWN_FLAG if near is None else f'{UNKNOWN_FLAG}; did you mean "{near}"?'

    def variant(self, context: dict[str, Any], flag_key: str) -> Variant | None:
        """Return the variant of one flag and count that it was given; None = no segment decided.

        Raises:
            NotFound: the caller does not see this flag.
        """
        if not self.sees(flag_key):
            self._answers.unknown(flag_key)
            raise NotFound(self.why_unknown(flag_key))
        variant = self._one(context, flag_key)
        if variant is not None:
            self._answers.count(flag_key, variant, context)
        return variant

    def variants(
        self, context: dict[str, Any], flag_keys: Sequence[str], telling: Telling | None = None
    ) -> dict[str, Variant]:
        """Return the variants of `flag_keys`; an empty list asks for all that are seen.

        Callers without a key also get those of the flags and groups that these depend on. Who names flags is exposed
        to them, who asks for all is assigned to them, unless `telling` says otherwise.
        """
        if self._sees_all and not flag_keys:
            wanted, found = self.keys if self._tracking else (), self.snapshot.engine.evaluate(context)
        else:
            wanted = [key for key in flag_keys or self.keys if self.sees(key)]
            most = not flag_keys and 2 * len(wanted) > len(self.snapshot.ruleset.flags)
            found = self.snapshot.engine.evaluate(context, () if most else wanted) if wanted else {}
        if self._tracking is not None:
            own = {key: found[key] for key in wanted if key in found}
            self._tracking.tell(context, own, self, telling or Telling.usual(named=bool(flag_keys)))
        return found if self._sees_all else self._own(found, wanted)

    def _own(self, found: dict[str, Variant], wanted: Sequence[str]) -> dict[str, Variant]:
        told, own = self._told, {key: found[key] for key in wanted if key in found}
        return own if told is None else {key: told(variant) for key, variant in own.items()}

    def count(self, variants: Mapping[str, Variant], context: dict[str, Any]) -> None:
        """Count that the user of `context` got these, by flag key; what the caller does not see is passed over."""
        seen = self._seen
        keys = variants if self._are_all(variants) else [key for key in variants if key in seen or self.sees(key)]
        self._answers.count_each(keys, variants, context)

    def _are_all(self, variants: Mapping[str, Variant]) -> bool:
        """Whether these are the flags that are seen and no other, all having one."""
        return len(variants) == len(self.keys) == len(self.snapshot.ruleset.flags)

    def entries(self, context: dict[str, Any], flag_keys: Sequence[str]) -> dict[str, bytes]:
        """Return the encoded answers to exactly `flag_keys` by key; an empty list asks for all that are seen."""
        if len(flag_keys) == 1:
            return {flag_keys[0]: self._entry(context, flag_keys[0])}
        sees, answers = self.sees, self._answers
        variants = self.variants(context, flag_keys)
        if not flag_keys:
            return dict(zip(self.keys, answers.entries(self.keys, variants, context), strict=True))
        return {
            key: answers.entry(key, variants.get(key), context) if sees(key) else answers.unknown(key)
            for key in flag_keys
        }

    def all_entries(self, context: dict[str, Any]) -> tuple[Collection[str], list[bytes]]:
        """Return the keys of all flags that are seen, in any order, and the encoded answer of each."""
        variants = self.variants(context, ())
        keys = variants if self._are_all(variants) else self.keys
        return keys, self._answers.entries(keys, variants, context)

    def _entry(self, context: dict[str, Any], key: str) -> bytes:
        if not self.sees(key):
            return self._answers.unknown(key, self.why_unknown(key))
        return self._answers.entry(key, self._one(context, key), context)


def _discreet(
    one: Callable[[dict[str, Any], str], Variant | None],
    told: Callable[[Variant], Variant],
    context: dict[str, Any],
    flag_key: str,
) -> Variant | None:
    variant = one(context, flag_key)
    return None if variant is None else told(variant)


def _tracked(
    one: Callable[[dict[str, Any], str], Variant | None],
    tracking: Tracking,
    view: View,
    context: dict[str, Any],
    flag_key: str,
) -> Variant | None:
    variant = one(context, flag_key)
    if variant is not None and not tracking.is_repeat(context, flag_key, variant):
        tracking.expose(context, flag_key, variant, view)
    return variant


def _is_trusted(deployments: frozenset[str] | None, ruleset: Ruleset) -> bool:
    """Return whether the caller may know how answers come about: with a Server key, or without a needless one."""
    known = ruleset.deployments
    return deployments is None or any(known[name].type == "Server" for name in deployments if name in known)


def _visible(key: str, ruleset: Ruleset, deployments: frozenset[str] | None) -> bool:
    flag = ruleset.flags.get(key)
    if flag is None or not flag.get("metadata", {}).get("deployed", True):
        return False
    return deployments is None or not deployments.isdisjoint(ruleset.visibility.get(key, ()))


def _timestamp(seconds: float) -> Timestamp:
    micros = max(0, round(seconds * 1_000_000))
    return Timestamp(seconds=micros // 1_000_000, nanos=micros % 1_000_000 * 1_000)
