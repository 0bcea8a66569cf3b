"""Serving: tells people, over HTTP, which replica serves what, as far as their own rights in the cluster go."""
