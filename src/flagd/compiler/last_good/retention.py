"""Retention: what stays in the ruleset though its resource is gone, because last good forms need it.

A last good form is served with all that it needs, or it would answer otherwise than it did. What stays is
hidden: callers who ask for it get the same answer as for any deleted flag.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flagd.compiler.graph.references import KEY
from flagd.compiler.outcome import Form, Outcome
from flagd.manifest.diagnostic import Diagnostic, ResourceRef, Severity
from flagd.ruleset.flag import RETAINED, is_retained
from flagd.ruleset.persistent import ABSENT
from flagd.ruleset.revision import hash_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flagd.compiler.graph.dependencies import Dependencies
    from flagd.compiler.graph.references import Node
    from flagd.compiler.project import Project
    from flagd.ruleset.persistent import Draft

_MOST_NAMED = 5


class Retention:
    """Decides what stays while a project is updated. `settle` it whenever all that is dirty is compiled."""

    def __init__(
        self,
        project: Project,
        outcomes: Draft[Node, Outcome],
        links: Dependencies,
        named: Callable[[Node], frozenset[Node]],
    ) -> None:
        """`named` says what the resources that claim a node refer to."""
        self._project = project
        self._outcomes = outcomes
        self._links = links
        self._named = named
        self._questioned: set[Node] = set()

    def question(self, node: Node, before: Outcome | None, after: Outcome | None) -> None:
        """Note that `node` was compiled, and what came out in place of `before`."""
        if after is None or after.product is None:
            self._questioned.add(node)
        for each in before, after:
            if each is not None and (each.held or each.retained):
                self._questioned |= each.needs

    def settle(self) -> None:
        """Retain what is needed, release what is not, and link what is retained to what it needs itself."""
        while self._questioned:
            node = self._questioned.pop()
            outcome = self._outcomes.look(node)
            if outcome is None or outcome.product is None or outcome.retained:
                self._decide(node, outcome)

    def _decide(self, node: Node, outcome: Outcome | None) -> None:
        needers = sorted(user for user in self._links.users_of(node) if self._needs(user, node))
        wanted = self._retained(node, outcome, needers) if needers else _released(outcome)
        if wanted == outcome:
            return
        self._outcomes[node] = wanted or ABSENT
        self._links.connect(node, self._named(node) | _needs_of(wanted))
        self._questioned |= _needs_of(wanted) | _needs_of(outcome)

    def _needs(self, user: Node, node: Node) -> bool:
        return node in _needs_of(self._outcomes.look(user))

    def _retained(self, node: Node, outcome: Outcome | None, needers: list[Node]) -> Outcome | None:
        last = self._project.outcomes.get(node) if outcome is None or outcome.product is None else outcome
        if last is None or last.product is None:
            return outcome
        product = hide(last.product) if isinstance(last.product, Form) else last.product
        bare = _released(outcome)
        face, found = (None, ()) if bare is None else (bare.face, bare.diagnostics)
        ref = ResourceRef(kind_of(node, product), self._project.name, node[1])
        return Outcome(face, (*found, _told(ref, needers)), product, retained=True)


def hide(form: Form) -> Form:
    """Return `form` as it is retained: evaluated for those that depend on it, and never answered."""
    if is_retained(form.flag):
        return form
    flag = form.flag.copy()
    flag["metadata"] = {**form.flag.get("metadata", {}), "deployed": False, RETAINED: True}
    return replace(form, flag=flag, content=hash_json(flag), visibility=frozenset())


def kind_of(node: Node, product: object) -> str:
    """Return the kind of the resource that `product` was made of."""
    if node[0] != KEY:
        return node[0]
    return "FlagGroup" if isinstance(product, Form) and product.face.group is not None else "Flag"


def retained_for(node: Node, outcomes: Mapping[Node, Outcome]) -> Iterator[tuple[str, str]]:
    """Yield kind and name of everything that is retained for `node`, directly or not, in order."""
    seen, waiting = {node}, [node]
    while waiting:
        for need in sorted(_needs_of(outcomes.get(waiting.pop())) - seen):
            found = outcomes.get(need)
            if found is not None and found.retained:
                seen.add(need)
                waiting.append(need)
                yield kind_of(need, found.product), need[1]


def _needs_of(outcome: Outcome | None) -> frozenset[Node]:
    return frozenset() if outcome is None else outcome.needs


def _released(outcome: Outcome | None) -> Outcome | None:
    if outcome is None or not outcome.retained:
        return outcome
    if outcome.face is None:
        return None
    found = tuple(each for each in outcome.diagnostics if each.reason != "Retained")
    return Outcome(outcome.face, found)


def _told(ref: ResourceRef, needers: list[Node]) -> Diagnostic:
    names = [name for _, name in needers[:_MOST_NAMED]]
    more = len(needers) - len(names)
    listed = ", ".join([*names, f"and {more} more"] if more else names)
    message = f"it was deleted, and is kept, hidden, for the flags whose last good forms need it: {listed}"
    return Diagnostic(Severity.WARNING, "Retained", message, resource=ref)
