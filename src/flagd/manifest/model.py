"""Model: what every part of a manifest has in common, and the types that several kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from flagd.condition.attribute import PATTERN

if TYPE_CHECKING:
    from pydantic.config import JsonDict

GROUP = "flagoperator.dev"
VERSION = "v1alpha1"
API_VERSION = f"{GROUP}/{VERSION}"
RESERVED_SEGMENT_NAMES = frozenset(
    {"individual-inclusions", "flag-dependencies", "sticky-bucketing", "default", "All Other Users"}
)
RESERVED_METADATA = frozenset(
    {
        "blockingEvaluation",
        "default",
        "deliveryMethod",
        "deployed",
        "evaluationMode",
        "experimentKey",
        "exposureEvent",
        "flagType",
        "flagVersion",
        "segmentName",
        "trackExposure",
        "urlMatch",
    }
)
"""What Amplitude itself puts into the metadata of an answer."""

KEYS = "Key"
"""The space of names that flags and groups share."""

ONE_LINE = r"^[^ \x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^ \x00-\x1f\x7f])?$"
DNS_SUBDOMAIN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
DNS_LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"

ATOMIC: JsonDict = {"x-kubernetes-list-type": "atomic"}
SET: JsonDict = {"x-kubernetes-list-type": "set"}
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def map_by(key: str) -> JsonDict:
    """Return what marks a list whose entries are identified by their field `key`, and whose order means nothing."""
    return {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key]}


def _whole(value: object) -> object:
    # 25.0 is an integer to the API server, and may come back from it as a float.
    return int(value) if isinstance(value, float) and value.is_integer() else value


Key = Annotated[str, Field(min_length=1, max_length=256, pattern=ONE_LINE)]
"""What callers name a flag or a variant by: 1 to 256 characters."""

Name = Annotated[str, Field(min_length=1, max_length=253, pattern=ONE_LINE)]
"""The name of a resource or of a thing inside one."""

Names = Annotated[list[Name], Field(json_schema_extra=SET, fail_fast=True)]
"""Names of resources, each once."""

Id = Annotated[str, Field(min_length=1, max_length=1024)]
"""The id of a user, device or group member."""

Ids = Annotated[list[Id], Field(json_schema_extra=ATOMIC, fail_fast=True)]
"""Ids of users, devices or group members."""

Text = Annotated[str, Field(max_length=4096)]
"""Free text for people."""

Attribute = Annotated[str, Field(min_length=1, max_length=1024, json_schema_extra={"pattern": PATTERN})]
"""The path of an attribute, such as user.country."""

Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number."""


class Model(BaseModel):
    """A part of a manifest: immutable, unknown fields refused, camelCase outside and snake_case inside."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel, populate_by_name=True)


def _namespace(value: object) -> object:
    return "default" if value is None or value == "" else value


def _text(value: object) -> object:
    return "" if value is None else value


def _labels(value: object) -> object:
    if not isinstance(value, dict):
        return {} if value is None else value
    return {key: text for key, text in value.items() if key != _LAST_APPLIED}


_Written = Annotated[str, BeforeValidator(_text)]
_Labels = Annotated[dict[str, str], BeforeValidator(_labels)]


class ObjectMeta(BaseModel):
    """The fields of Kubernetes' ``metadata`` that mean something here; the others are let pass."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, alias_generator=to_camel, populate_by_name=True)

    name: Annotated[str, Field(min_length=1, max_length=253, pattern=DNS_SUBDOMAIN)]
    namespace: Annotated[str, Field(max_length=63, pattern=DNS_LABEL), BeforeValidator(_namespace)] = "default"
    uid: _Written = ""
    generation: Whole = Field(default=1, ge=0)
    creation_timestamp: _Written = Field(default="", description="RFC 3339; the oldest of two rivals wins.")
    resource_version: _Written = ""
    labels: _Labels = Field(default_factory=dict)
    annotations: _Labels = Field(default_factory=dict, description="Without kubectl's copy of the whole object.")
