"""The operator on a real API server: what a cluster's change costs, and how long it takes to be answered."""

__all__ = ["COMMAND", "PARTS"]

PARTS = ("start", "latency", "client", "relisting", "burst", "curve", "subscribers", "ramps")
"""In this order: the first needs flags that no operator has seen yet."""
COMMAND = "make bench-cluster"
