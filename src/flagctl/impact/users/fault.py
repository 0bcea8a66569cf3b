"""Fault: what is wrong with a population."""

from __future__ import annotations


class PopulationError(ValueError):
    """A population cannot be read. The message says where and what would be right."""
