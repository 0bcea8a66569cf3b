"""What stands in a folder of manifests, written and read by tests."""

from __future__ import annotations

from flagd.manifest.reading.files import SourceFile
from flagd.sources.reading import Reading, take


def flag(name: str, namespace: str = "shop", more: str = "") -> str:
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{active: true, variants: [{{key: "on"}}]{more}}}
---"""


def read(text: str, previous: Reading | None = None) -> Reading:
    return take([SourceFile("all.yaml", text.encode())], previous or Reading())
