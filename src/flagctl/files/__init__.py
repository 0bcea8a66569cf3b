"""Manifests in files and in Git, and what is found in them."""
