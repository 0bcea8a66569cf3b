"""Compiler: manifests in, a ruleset out. Pure, deterministic, total."""
