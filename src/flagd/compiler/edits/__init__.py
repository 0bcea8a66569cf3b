"""Edits: what a change from one manifest to the next does to users and callers."""
