"""What a user gets and why, from manifests or from a server."""
