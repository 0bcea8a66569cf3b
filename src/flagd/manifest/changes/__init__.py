"""Changes: what became of a resource since the last look, in words."""
