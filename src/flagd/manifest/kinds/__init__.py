"""Kinds: one file for each kind of resource."""
