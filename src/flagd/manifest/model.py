"""Model: what every part of a manifest has in common, and the types that several kinds share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

GROUP = "flagoperator.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"
RESERVED_SEGMENT_NAMES = frozenset(
    {"individual-inclusions", "flag-dependencies", "sticky-bucketing", "default", "All Other Users"}
)

Key = Annotated[str, Field(min_length=1, max_length=256)]
"""What callers name a flag or a variant by: 1 to 256 characters."""

Name = Annotated[str, Field(min_length=1, max_length=253)]
"""The name of a resource or of a thing inside one."""

Id = Annotated[str, Field(min_length=1, max_length=1024)]
"""The id of a user, device or group member."""

Text = Annotated[str, Field(max_length=4096)]
"""Free text for people."""


class Model(BaseModel):
    """A part of a manifest: immutable, unknown fields refused, camelCase outside and snake_case inside."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True)


class ObjectMeta(BaseModel):
    """The fields of Kubernetes' ``metadata`` that mean something here; the others are let pass."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)

    name: Name
    namespace: Name = "default"
    uid: str = ""
    generation: int = Field(default=1, ge=0)
    creation_timestamp: str = Field(default="", description="RFC 3339; the oldest of two rivals wins.")
    resource_version: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)
