"""CRDs: the CustomResourceDefinitions, made from the models."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from flagd.manifest.column import AGE
from flagd.manifest.crd.status import status_of
from flagd.manifest.crd.structural import structural
from flagd.manifest.kinds import KINDS
from flagd.manifest.model import GROUP, VERSION

if TYPE_CHECKING:
    from flagd.manifest.kind import Kind
    from flagd.manifest.schema import Schema

CATEGORY = "flagoperator"
"""Not `flags`: kubectl expands a category before a plural, and ``kubectl get flags NAME`` would fail."""

VERSION_ANNOTATION = f"{GROUP}/version"
"""Which release the definitions are of; the operator compares it with its own."""


def crds() -> list[Schema]:
    """Return the CustomResourceDefinition of every kind, in the order of `KINDS`."""
    # Through JSON, so that no part is shared: YAML would show that as anchors and aliases.
    text = json.dumps([_definition(kind) for kind in KINDS.values()])
    definitions: list[Schema] = json.loads(text)
    return definitions


def _definition(kind: Kind) -> Schema:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{GROUP}", "annotations": {VERSION_ANNOTATION: version("flagoperator")}},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": kind.name,
                "listKind": f"{kind.name}List",
                "plural": kind.plural,
                "singular": kind.name.lower(),
                "shortNames": [kind.short_name],
                "categories": [CATEGORY],
            },
            "versions": [_version(kind)],
        },
    }


def _version(kind: Kind) -> Schema:
    selectable = [{"jsonPath": f".spec.{name}"} for name in kind.selectable]
    return {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": [column.schema() for column in (*kind.columns, AGE)],
        **({"selectableFields": selectable} if selectable else {}),
        "schema": {"openAPIV3Schema": _root(kind)},
    }


def _root(kind: Kind) -> Schema:
    root: Schema = {
        "type": "object",
        "description": kind.model.__doc__,
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": f"{GROUP}/{VERSION}."},
            "kind": {"type": "string", "description": f"{kind.name}."},
            "metadata": {"type": "object"},
            "spec": structural(kind.spec, kind.rules),
            "status": status_of(kind),
        },
    }
    rules = kind.rules.get(kind.name, ())
    if rules:
        root["x-kubernetes-validations"] = [rule.schema() for rule in rules]
    return root
