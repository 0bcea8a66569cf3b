"""Program: what an image is of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Program:
    """One of our commands as an image.

    Attributes:
        name: of the command, the image and its lock in requirements/.
        extra: of pyproject.toml that it needs.
        debian: Debian packages beside Python's own.
        title: one line for the label.
    """

    name: str
    extra: str
    debian: tuple[str, ...]
    title: str

    @property
    def lock(self) -> str:
        """Path of the pinned requirements."""
        return f"requirements/{self.name}.txt"


PROGRAMS = {
    # Envoy loads Python as a shared library.
    "flagd": Program("flagd", "server", ("libpython3.11",), "Evaluates feature flags over gRPC and HTTP"),
    "flagoperator": Program("flagoperator", "operator", (), "Publishes the feature flags of a Kubernetes cluster"),
    "flagctl": Program("flagctl", "dashboard", (), "Lints, explains and applies feature flags"),
}
