"""Condition: what conditions are made of: attribute paths, texts, numbers and versions, globs, patterns."""
