"""Model: what answers must be like: the compiler and the engine, offline, over what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler import Compiled, compile_project
from flagd.engine import Engine
from flagd.manifest import API_VERSION, validate
from tests.cluster.history import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flagd.engine.variant import Variant
    from flagd.manifest import Resource
    from tests.cluster.history import Answer, History, Object, Write

NOT_FOUND = Told("", "ERROR_CODE_FLAG_NOT_FOUND", None, None)


class Model:
    """The rulesets that the writes of a history can make."""

    def __init__(self, history: History) -> None:
        self.writes = {write.number: write for write in history.writes}
        self._history = history
        self._others = [_resource(obj) for obj in history.others]
        self._segments = [write for write in history.writes if write.kind == "FlagSegment"]
        self._resources: dict[int, Resource] = {}
        self._compiled: dict[tuple[int, ...], Compiled] = {}
        self._engines: dict[str, Engine] = {}
        self._told: dict[tuple[str, str, tuple[str, ...]], Mapping[str, Told]] = {}

    def final(self) -> str:
        """Return the revision of what the API server has in the end."""
        return compile_project(map(_resource, self._history.final), project=self._history.project).revision

    def segment(self, answer: Answer, since: int) -> int | None:
        """Return the number of the segment's write with which the flags of `answer` have its revision; None = none.

        The first from `since` on, else one before.
        """
        flags = [each.number for each in answer.flags.values() if each.number is not None]
        for number in self._candidates(answer.answered, since):
            compiled = self._compile((*flags, number) if number else (*flags,))
            if compiled.revision == answer.revision:
                if answer.revision not in self._engines:
                    self._engines[answer.revision] = Engine(compiled.flags, compiled.cohorts)
                return number
        return None

    def told(self, answer: Answer) -> Mapping[str, Told]:
        """Return what the engine says in place of `answer`, whose revision `segment` has found."""
        key = (answer.revision, answer.user, tuple(answer.flags))
        if key not in self._told:
            context = {"user": dict(self._history.users[answer.user])}
            found = self._engines[answer.revision].evaluate(context)
            self._told[key] = {name: _told(found.get(name)) for name in answer.flags}
        return self._told[key]

    def _candidates(self, until: float, since: int) -> Iterator[int]:
        """Yield numbers of the segment's writes begun before `until`: those from `since` on, then those before."""
        numbers = [write.number for write in self._segments if write.begun <= until] or [0]
        yield from (number for number in numbers if number >= since)
        yield from (number for number in reversed(numbers) if number < since)

    def _compile(self, numbers: tuple[int, ...]) -> Compiled:
        if numbers not in self._compiled:
            resources = [*self._others, *map(self._written, numbers)]
            self._compiled[numbers] = compile_project(resources, project=self._history.project)
        return self._compiled[numbers]

    def _written(self, number: int) -> Resource:
        if number not in self._resources:
            self._resources[number] = _resource(self.writes[number].object)
        return self._resources[number]


def specs(writes: Iterable[Write]) -> Mapping[int, Object]:
    """Return what the writes of flags say, by number."""
    return {each.number: each.object["spec"] for each in writes if each.kind == "Flag" and each.object is not None}


def _resource(obj: Object | None) -> Resource:
    assert obj is not None
    bare = {"apiVersion": API_VERSION, "kind": obj["kind"], "metadata": _metadata(obj), "spec": obj["spec"]}
    resource, findings = validate(bare)
    assert resource is not None, findings
    return resource


def _metadata(obj: Object) -> Object:
    return {name: obj["metadata"][name] for name in ("name", "namespace", "uid", "generation")}


def _told(variant: Variant | None) -> Told:
    if variant is None:
        return NOT_FOUND
    payload = variant.payload["number"] if isinstance(variant.payload, dict) else None
    return Told(variant.key, f"REASON_{variant.reason}", variant.metadata.get("write"), payload)
