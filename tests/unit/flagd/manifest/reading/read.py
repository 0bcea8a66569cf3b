"""What a text holds, document by document."""

from __future__ import annotations

from flagd.manifest.reading.document import documents


def reasons(text: str) -> list[str]:
    return [finding.reason for document in documents(text) for finding in document.content.findings]


def data(text: str) -> list[object]:
    return [document.content.data for document in documents(text)]
