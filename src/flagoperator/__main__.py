"""`flagoperator`, the program, which says what to install where its extra is missing."""

from __future__ import annotations

from flagd.process.extra import require


def main() -> None:
    """Run `flagoperator` as a program and exit."""
    require("operator", "flagoperator")
    from flagoperator.cli import main as run

    run()


if __name__ == "__main__":
    main()
