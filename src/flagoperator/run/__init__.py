"""Run: one run of the operator: the tasks, how they hang together, and how they stop."""
