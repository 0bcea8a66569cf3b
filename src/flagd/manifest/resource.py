"""Resource: one custom resource as Kubernetes frames it, and the table of kinds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from flagd.manifest.diagnostic import ResourceRef
from flagd.manifest.kinds.cohort import FlagCohortSpec
from flagd.manifest.kinds.deployment import FlagDeploymentSpec
from flagd.manifest.kinds.flag import FlagSpec
from flagd.manifest.kinds.group import FlagGroupSpec
from flagd.manifest.kinds.segment import FlagSegmentSpec
from flagd.manifest.model import Model, ObjectMeta


class _Resource(Model):
    api_version: Literal["flagoperator.dev/v1alpha1"] = "flagoperator.dev/v1alpha1"
    metadata: ObjectMeta
    status: Any = Field(default=None, exclude=True, description="Written by the operator; ignored in files.")

    @property
    def ref(self) -> ResourceRef:
        """Kind, namespace and name."""
        return ResourceRef(type(self).__name__, self.metadata.namespace, self.metadata.name)


class Flag(_Resource):
    """A feature flag."""

    kind: Literal["Flag"] = "Flag"
    spec: FlagSpec

    @property
    def key(self) -> str:
        """What callers name the flag by."""
        return self.spec.key or self.metadata.name


class FlagSegment(_Resource):
    """Conditions that several flags share."""

    kind: Literal["FlagSegment"] = "FlagSegment"
    spec: FlagSegmentSpec


class FlagCohort(_Resource):
    """A list of users or groups by id."""

    kind: Literal["FlagCohort"] = "FlagCohort"
    spec: FlagCohortSpec


class FlagDeployment(_Resource):
    """A kind of caller, with the hashes of its keys."""

    kind: Literal["FlagDeployment"] = "FlagDeployment"
    spec: FlagDeploymentSpec


class FlagGroup(_Resource):
    """Flags that share users: mutual exclusion or holdout. Its key is its name."""

    kind: Literal["FlagGroup"] = "FlagGroup"
    spec: FlagGroupSpec

    @property
    def key(self) -> str:
        """What members name the group by."""
        return self.metadata.name


Resource = Flag | FlagSegment | FlagCohort | FlagDeployment | FlagGroup
KINDS: dict[str, type[Resource]] = {
    kind.__name__: kind for kind in (Flag, FlagSegment, FlagCohort, FlagDeployment, FlagGroup)
}
SHORT_NAMES = {
    "Flag": "flg",
    "FlagSegment": "fseg",
    "FlagCohort": "fco",
    "FlagDeployment": "fdep",
    "FlagGroup": "fgrp",
}

RESOURCE: TypeAdapter[Resource] = TypeAdapter(Annotated[Resource, Field(discriminator="kind")])
"""Validates a plain object (as JSON gives it) into the resource of its kind."""
