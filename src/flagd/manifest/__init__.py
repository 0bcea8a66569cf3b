"""Manifests: typed custom resources, how they are read, and what is said when they are wrong."""
