"""Publication: what the outcomes of an update change in the ruleset and in the diagnostics."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flagd.compiler.graph.references import COHORT, DEPLOYMENT, KEY
from flagd.compiler.outcome import Form
from flagd.ruleset.cohort import Cohort
from flagd.ruleset.deployment import Deployment
from flagd.ruleset.persistent import ABSENT, Absent, Draft
from flagd.ruleset.revision import hash_cohort, hash_deployment, hash_visibility
from flagd.weight import Scale

if TYPE_CHECKING:
    from flagd.compiler.graph.references import Node
    from flagd.compiler.outcome import Outcome
    from flagd.compiler.project import Project
    from flagd.ruleset.revision import Leaf


class Publication:
    """The contents of the next ruleset, open for changes."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._flags = Draft(project.flags)
        self._cohorts = Draft(project.cohorts)
        self._deployments = Draft(project.deployments)
        self._visibility = Draft(project.visibility)
        self._faulty = Draft(project.faulty)
        self._hashes: dict[Leaf, bytes | Absent] = {}
        self._weights: dict[str, int] = {}
        self._scale = Scale()

    def publish(self, node: Node, outcome: Outcome | None) -> None:
        """Take in what `node` is now; None where it is deleted."""
        if outcome is not None and outcome.diagnostics:
            self._faulty[node] = None
        elif node in self._faulty.before:
            self._faulty[node] = ABSENT
        before = self._project.outcomes.get(node)
        product = None if outcome is None else outcome.product
        if before is not None and before.product is product:
            return
        kind, name = node
        if kind == KEY:
            self._publish_flag(name, product if isinstance(product, Form) else None)
        elif kind == COHORT:
            self._publish_cohort(name, product if isinstance(product, Cohort) else None)
        elif kind == DEPLOYMENT:
            self._publish_deployment(name, product if isinstance(product, Deployment) else None)

    def freeze(self) -> Project:
        """Return the project with these contents; its graph and outcomes are still the old ones."""
        return replace(
            self._project,
            flags=self._flags.freeze(),
            cohorts=self._cohorts.freeze(),
            deployments=self._deployments.freeze(),
            visibility=self._visibility.freeze(),
            faulty=self._faulty.freeze(),
            digest=self._project.digest.changed(self._hashes),
            weights=self._project.weights.changed(self._weights),
        )

    def _publish_flag(self, key: str, form: Form | None) -> None:
        self._flags[key] = ABSENT if form is None else form.flag
        self._hashes["flag", key] = ABSENT if form is None else form.content
        self._weights[key] = 0 if form is None else self._scale.answer_bytes(form.flag)
        visibility = frozenset() if form is None else form.visibility
        if visibility or key in self._visibility.before:
            self._visibility[key] = visibility or ABSENT
            self._hashes["visibility", key] = hash_visibility(visibility)

    def _publish_cohort(self, name: str, cohort: Cohort | None) -> None:
        self._cohorts[name] = ABSENT if cohort is None else cohort
        self._hashes["cohort", name] = ABSENT if cohort is None else hash_cohort(cohort)

    def _publish_deployment(self, name: str, deployment: Deployment | None) -> None:
        self._deployments[name] = ABSENT if deployment is None else deployment
        self._hashes["deployment", name] = ABSENT if deployment is None else hash_deployment(deployment)
