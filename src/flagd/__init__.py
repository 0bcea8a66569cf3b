"""flagd: evaluation of feature flags, as a library, a server and a client."""
