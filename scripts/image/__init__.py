"""Images without a registry and without Docker: Debian's Python, the wheels of a lock, and an OCI archive."""
