"""Cluster: everything that talks to the API server: watch, lists, Lease, status, events."""
