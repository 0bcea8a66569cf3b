"""Script: what a writer writes, one step after the other; the same for the same seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flagd.manifest import API_VERSION

if TYPE_CHECKING:
    from tests.cluster.history import Object

TOUCHED = tuple(f"f{number}" for number in range(5))
STILL = ("still-split", "still-partial")
"""Written once and then left alone: they exist throughout, and no user's variant may ever change."""
KEYS = (*TOUCHED, *STILL)
SEGMENT = "home"
COUNTRIES = ("CA", "US", "FR")
WEIGHTS: tuple[dict[str, int], ...] = ({"on": 1, "blue": 1}, {"on": 3, "blue": 1}, {"on": 1})


@dataclass(frozen=True, slots=True)
class Step:
    """One write. `object` is the manifest, None to delete what is there."""

    kind: str
    name: str
    number: int
    object: Object | None


class Script:
    """An endless script."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._number = 0
        self._used = list(TOUCHED)
        self._there = set(TOUCHED)

    def opening(self) -> list[Step]:
        """Return the steps that make everything, to be taken first."""
        return [self._segment(), *map(self._flag, TOUCHED), *map(self._still, STILL)]

    def next(self) -> Step:
        """Return the next step."""
        chance = self._random.random()
        if chance < 0.1:
            return self._segment()
        name = self._random.choice(self._used)
        if name in self._there and chance < 0.25:
            return self._deletion(name)
        self._there.add(name)
        return self._flag(name)

    def retire(self) -> Step:
        """Return the step that deletes a flag for good, one that is there if any is."""
        name = max(self._used, key=lambda each: each in self._there)
        if len(self._used) > 1:
            self._used.remove(name)
        return self._deletion(name)

    def _deletion(self, name: str) -> Step:
        self._there.discard(name)
        return Step("Flag", name, self._count(), None)

    def _segment(self) -> Step:
        countries = self._random.sample(COUNTRIES, self._random.randint(1, 2))
        spec = {"match": [{"attribute": "user.country", "op": "is", "values": countries}]}
        return self._step("FlagSegment", SEGMENT, spec)

    def _flag(self, name: str) -> Step:
        choose = self._random.choice
        rollout = {"percent": choose((0, 30, 70, 100)), "weights": choose(WEIGHTS)}
        ours = choose(
            (
                [],
                [{"name": "home", "segmentRefs": [SEGMENT], "rollout": rollout}],
                [{"name": "us", "match": [_country("US")], "rollout": rollout}],
            )
        )
        others = {"percent": choose((0, 50, 100)), "weights": choose(WEIGHTS)}
        return self._step("Flag", name, {"segments": ours, "allOtherUsers": others})

    def _still(self, name: str) -> Step:
        rollout = {"percent": 50 if name == "still-partial" else 100, "weights": WEIGHTS[0]}
        return self._step("Flag", name, {"allOtherUsers": rollout})

    def _step(self, kind: str, name: str, spec: dict[str, Any]) -> Step:
        number = self._count()
        obj = {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}
        return Step(kind, name, number, numbered(obj, number) if kind == "Flag" else obj)

    def _count(self) -> int:
        self._number += 1
        return self._number


def numbered(flag: Object, number: int) -> Object:
    """Return `flag` active, with the number of its write in its metadata and in what its variants carry."""
    payload = {"number": number}
    spec = {
        "active": True,
        "variants": [{"key": "on"}, {"key": "blue"}],
        **flag["spec"],
        "metadata": {"write": number},
    }
    spec["variants"] = [{**each, "payload": payload} for each in spec["variants"]]
    return {**flag, "spec": spec}


def _country(country: str) -> dict[str, Any]:
    return {"attribute": "user.country", "op": "is", "values": [country]}
