"""Resource: one custom resource as Kubernetes frames it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from flagd.manifest.diagnostic import ResourceRef
from flagd.manifest.model import Model, ObjectMeta


class Resource(Model):
    """What the resources of all kinds have. Each kind is a subclass, named as the kind."""

    api_version: Literal["flagoperator.dev/v1alpha1"] = "flagoperator.dev/v1alpha1"
    kind: str
    metadata: ObjectMeta
    spec: Model
    status: Any = Field(default=None, exclude=True, description="Written by the operator; ignored in files.")

    @property
    def ref(self) -> ResourceRef:
        """Kind, namespace and name."""
        return ResourceRef(type(self).__name__, self.metadata.namespace, self.metadata.name)

    @property
    def key(self) -> str:
        """What others name the resource by."""
        return self.metadata.name
