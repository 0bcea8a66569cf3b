"""Reconcile: what the cluster says, as rulesets to publish and statuses to write. Pure: no I/O, no clocks."""
