"""Form: one resource in the evaluation format."""
