"""History: what changed of flags, commit by commit of Git."""
