"""Parts: what the specs of several kinds have in common."""
