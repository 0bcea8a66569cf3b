"""RPC: services that know no transport, and transports that know no service."""
