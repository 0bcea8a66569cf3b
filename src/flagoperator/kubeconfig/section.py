"""Section: one cluster, user or context of a kubeconfig, with the folder that its relative paths start from."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flagoperator.kubeconfig.fault import ConnectionSettingsError, CredentialError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Section:
    """One named entry.

    Attributes:
        title: what it is and how it is called, such as ``user "ann"``; starts every message about it.
        fields: its fields, as the file has them.
        folder: where relative paths start.
    """

    title: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    def text(self, name: str) -> str:
        """Return a field of text; empty where it is absent. Raises ConnectionSettingsError where it is not text."""
        value = self.fields.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ConnectionSettingsError(f"{self.title}: {name} is not text")
        return value

    def texts(self, name: str) -> list[str]:
        """Return a field that is a list of strings. Raises ConnectionSettingsError where it is something else."""
        value = self.fields.get(name) or []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ConnectionSettingsError(f"{self.title}: {name} is not a list of strings")
        return value

    def path(self, name: str) -> Path | None:
        """Return the file that a field names; None where it is absent."""
        text = self.text(name)
        return self.folder / text if text else None

    def content(self, name: str) -> bytes | None:
        """Return what `name`-data holds, else what the file of `name` holds now; None where both are absent.

        Raises ConnectionSettingsError where both are there or the data is not base64, CredentialError where the
        file cannot be read.
        """
        data, path = self.text(f"{name}-data"), self.path(name)
        if data and path:
            raise ConnectionSettingsError(f"{self.title}: {name} and {name}-data are both set; leave one of them out")
        if data:
            return self._decoded(name, data)
        return None if path is None else read(path, f"{self.title}: {name}")

    def _decoded(self, name: str, data: str) -> bytes:
        try:
            return base64.b64decode("".join(data.split()), validate=True)
        except binascii.Error:
            raise ConnectionSettingsError(f"{self.title}: {name}-data is not base64") from None


def read(path: Path, what: str) -> bytes:
    """Return the content of a file. Raises CredentialError, with `what` it is for."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CredentialError(f"{what}: {path}: {error.strerror}") from None
