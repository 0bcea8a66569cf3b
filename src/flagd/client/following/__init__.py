"""A ruleset that a thread keeps current."""
