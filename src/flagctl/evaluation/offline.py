"""Offline: answers from manifests, by the code that a server runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from flagctl.evaluation.answer import Answer, Outcome
from flagctl.evaluation.explained import Explained
from flagctl.files.manifests import Manifests, read
from flagctl.suggestion import suggestion
from flagd.engine import Engine, evaluation_context
from flagd.manifest import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagctl.evaluation.question import Question
    from flagd.engine import Explanation, Variant


class Offline:
    """One project of some manifests, ready to answer.

    Args:
        asked: names the manifests, the project and the user.
    """

    def __init__(self, asked: Question) -> None:
        self._manifests = read(asked.paths)
        self._compiled = self._manifests.project(asked.project)
        self._engine = Engine(self._compiled.ruleset.flags.values(), self._compiled.cohorts)
        self._context = evaluation_context(asked.user)
        self._known = [flag["key"] for flag in self._compiled.flags if flag.get("metadata", {}).get("deployed", True)]
        self._asked = asked.flags or self._known
        _mention_errors(self._manifests)

    def evaluate(self) -> Answer:
        """Return the variants asked for."""
        return Answer([self._outcome(key) for key in self._asked], self._compiled.revision)

    def explain(self) -> Iterator[Explained]:
        """Yield the reasons for each."""
        for key in self._asked:
            explanation = self._engine.explain(self._context, key) if key in self._known else None
            if explanation is None:
                yield Explained(key, error=self._why_unknown(key))
            else:
                yield Explained(key, "\n".join(explanation.lines()), _plain(explanation))

    def _outcome(self, key: str) -> Outcome:
        variant = self._engine.variant(self._context, key) if key in self._known else None
        return Outcome(key, error=self._why_unknown(key)) if variant is None else _outcome(key, variant)

    def _why_unknown(self, key: str) -> str:
        for found in self._manifests.errors_of(key, self._compiled.ruleset.project):
            return f"it does not compile: {found}"
        return f"there is no such flag; {suggestion(key, self._known)}"


def _outcome(flag: str, variant: Variant) -> Outcome:
    value = variant.value if variant.value is None or isinstance(variant.value, str) else json.dumps(variant.value)
    return Outcome(
        flag=flag,
        key=variant.key,
        value=value,
        payload=variant.payload,
        reason=variant.reason,
        segment=variant.segment,
        metadata=dict(variant.told),
    )


def _plain(explanation: Explanation) -> dict[str, Any]:
    return {
        "flag_key": explanation.flag_key,
        "variant": _outcome(explanation.flag_key, explanation.variant).as_dict() if explanation.variant else None,
        "segments": [_without_nothing(asdict(segment)) for segment in explanation.segments],
        "dependencies": [_plain(dependency) for dependency in explanation.dependencies],
    }


def _without_nothing(value: Any) -> Any:  # noqa: ANN401
    match value:
        case dict():
            # Which flag a condition looks at stands in its attribute, too: ExplainResponse has no field for it.
            shown = {name: member for name, member in value.items() if member is not None and name != "flag"}
            return {name: _without_nothing(member) for name, member in shown.items()}
        case list() | tuple():
            return [_without_nothing(item) for item in value]
    return value


def _mention_errors(manifests: Manifests) -> None:
    errors = sum(found.severity is Severity.ERROR for found in manifests.diagnostics)
    if errors:
        click.echo(f"{errors} error{'' if errors == 1 else 's'} in these manifests: flagctl lint shows them", err=True)
    for found in manifests.diagnostics:
        if found.reason == "ListUnread":
            click.echo(f"{found.resource}: {found.message}", err=True)
