"""Advice: what is worth a warning about a project as a whole."""
