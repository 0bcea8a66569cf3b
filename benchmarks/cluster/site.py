"""Site: one control plane, and the projects on it, made when a part asks for them."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from benchmarks.cluster.project import Project

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane


class Site:
    """What the parts share. Used inside ``with``.

    Attributes:
        plane: the API server.
    """

    def __init__(self, plane: ControlPlane, prefix: str = "benchmark") -> None:
        """Name the namespaces `prefix` and their size."""
        self.plane = plane
        self._prefix = prefix
        self._stack = ExitStack()
        self._runner = self._stack.enter_context(asyncio.Runner())
        self._projects: dict[int, Project] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def project(self, size: int) -> Project:
        """The project of so many flags."""
        if size not in self._projects:
            project = Project(self.plane, self._runner, f"{self._prefix}-{size}", size)
            self._projects[size] = self._stack.enter_context(project)
        return self._projects[size]
