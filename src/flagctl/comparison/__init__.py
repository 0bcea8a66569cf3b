"""Two states of some manifests: where they are read from, what differs, and how this is said."""
