"""Repository: a Git repository for a test."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SETTINGS = ("user.name=eve", "user.email=eve@shop.example", "commit.gpgsign=false")


@dataclass(frozen=True)
class Repository:
    folder: Path

    def commit(self, message: str = "flags") -> None:
        """Commit all there is, as the first commit or the next."""
        if not (self.folder / ".git").exists():
            self.git("init", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-m", message)

    def git(self, *arguments: str) -> None:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        subprocess.run(["git", *settings, *arguments], cwd=self.folder, check=True, capture_output=True)
