"""Migration: flags of other systems as manifests, what is lost on the way, and whether users get the same."""
