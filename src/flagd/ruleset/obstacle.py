"""Obstacle: why a server has nothing to answer from, in words for its callers."""

NO_RULESET = "no ruleset has been loaded yet"
NO_PROJECT = "this server serves no project"
OBSTACLES = frozenset({NO_RULESET, NO_PROJECT})
"""Errors of a server that has nothing to answer from, although it was reached."""
