"""Preview: what a pasted manifest would change, worked out in a process of its own, bounded in size and time."""
