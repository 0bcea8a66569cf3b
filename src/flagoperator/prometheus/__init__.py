"""Prometheus: what guards ask of it: one query, one number back. The client needs the extra `operator`."""
