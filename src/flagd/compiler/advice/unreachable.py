"""Unreachable: active flags that are off for everybody, whatever they say, because of what they depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.compiler.form.prerequisite import unmeetable
from flagd.manifest.diagnostic import Diagnostic, Severity
from flagd.manifest.kinds import Flag
from flagd.ruleset.outcomes import outcomes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flagd.manifest.resource import Resource
    from flagd.ruleset import EvaluationFlag


def unreachable(resources: Iterable[Resource], flags: Mapping[str, EvaluationFlag]) -> Iterator[Diagnostic]:
    """Yield a warning for every active flag that needs what nobody gets of other `flags` or groups, by key."""

    def given(key: str) -> frozenset[str]:
        return outcomes(flags[key]) if key in flags else frozenset()

    for each in resources:
        if not isinstance(each, Flag) or not each.spec.active or each.key not in flags:
            continue
        if parents := unmeetable(flags[each.key], given):
            text = (
                f"the flag is active, and nobody gets what it needs of {', '.join(parents)}, so nobody but testers "
                f"gets a variant; let {'it' if len(parents) == 1 else 'one of them'} serve somebody"
            )
            yield Diagnostic(Severity.WARNING, "ServesNobody", text, "spec.active", each.ref)
