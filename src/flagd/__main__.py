"""`flagd`, the program, which says what to install where its extra is missing."""

from __future__ import annotations

from flagd.process.extra import require


def main() -> None:
    """Run `flagd` as a program and exit."""
    require("server", "flagd")
    from flagd.cli import main as run

    run()


if __name__ == "__main__":
    main()
