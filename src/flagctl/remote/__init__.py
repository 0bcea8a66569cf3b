"""A flagd that is asked over the network."""
