"""The seam between services and transports: neither knows the other, both know this."""
