"""CRDs: the CustomResourceDefinitions, made from the models."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from flagd.manifest.cel import RULES
from flagd.manifest.crd.status import status_of
from flagd.manifest.crd.structural import structural
from flagd.manifest.model import GROUP, VERSION
from flagd.manifest.resource import KINDS, SHORT_NAMES

if TYPE_CHECKING:
    from flagd.manifest.resource import Resource

Schema = dict[str, Any]

CATEGORY = "flagoperator"
"""Not `flags`: kubectl expands a category before a plural, and ``kubectl get flags NAME`` would fail."""

VERSION_ANNOTATION = f"{GROUP}/version"
"""Which release the definitions are of; the operator compares it with its own."""

_READY = '.status.conditions[?(@.type=="Ready")]'


def crds() -> list[Schema]:
    """Return the CustomResourceDefinition of every kind, in the order of `KINDS`."""
    # Through JSON, so that no part is shared: YAML would show that as anchors and aliases.
    text = json.dumps([_definition(kind, model) for kind, model in KINDS.items()])
    definitions: list[Schema] = json.loads(text)
    return definitions


def _definition(kind: str, model: type[Resource]) -> Schema:
    plural = f"{kind.lower()}s"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}", "annotations": {VERSION_ANNOTATION: version("flagoperator")}},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind,
                "listKind": f"{kind}List",
                "plural": plural,
                "singular": kind.lower(),
                "shortNames": [SHORT_NAMES[kind]],
                "categories": [CATEGORY],
            },
            "versions": [_version(kind, model)],
        },
    }


def _version(kind: str, model: type[Resource]) -> Schema:
    selectable = {"selectableFields": [{"jsonPath": f".spec.{name}"} for name in ("owner", "active")]}
    return {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": [*_COLUMNS[kind], _column("Age", "date", ".metadata.creationTimestamp")],
        **(selectable if kind == "Flag" else {}),
        "schema": {"openAPIV3Schema": _root(kind, model)},
    }


def _root(kind: str, model: type[Resource]) -> Schema:
    spec = structural(_spec_model(model))
    root: Schema = {
        "type": "object",
        "description": model.__doc__,
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": f"{GROUP}/{VERSION}."},
            "kind": {"type": "string", "description": f"{kind}."},
            "metadata": {"type": "object"},
            "spec": spec,
            "status": status_of(kind),
        },
    }
    if kind in RULES:
        root["x-kubernetes-validations"] = [rule.schema() for rule in RULES[kind]]
    return root


def _spec_model(model: type[Resource]) -> type[Any]:
    spec: Any = model.model_fields["spec"].annotation
    return spec  # type: ignore[no-any-return]


def _column(name: str, kind: str, path: str, priority: int = 0) -> Schema:
    return {"name": name, "type": kind, "jsonPath": path, **({"priority": priority} if priority else {})}


_STATE = [
    _column("Ready", "string", f"{_READY}.status"),
    _column("Message", "string", f"{_READY}.message"),
]
_COLUMNS: dict[str, list[Schema]] = {
    "Flag": [
        _column("Active", "boolean", ".spec.active"),
        _column("Variants", "string", ".status.effective.variants"),
        _column("Rollout", "string", ".status.effective.rollout"),
        _column("Ready", "string", f"{_READY}.status"),
        _column("Published", "string", ".status.published"),
        _column("Message", "string", f"{_READY}.message"),
        _column("Revision", "string", ".status.shortRevision", priority=1),
        _column("Owner", "string", ".spec.owner", priority=1),
        _column("Expires", "string", ".spec.expires", priority=1),
    ],
    "FlagSegment": [_column("Used by", "integer", ".status.usedByCount"), *_STATE],
    "FlagCohort": [
        _column("Unit", "string", ".spec.unit"),
        _column("Used by", "integer", ".status.usedByCount"),
        *_STATE,
    ],
    "FlagDeployment": [
        _column("Type", "string", ".spec.type"),
        _column("Used by", "integer", ".status.usedByCount"),
        *_STATE,
    ],
    "FlagGroup": [
        _column("Type", "string", ".spec.type"),
        _column("Used by", "integer", ".status.usedByCount"),
        *_STATE,
    ],
}
