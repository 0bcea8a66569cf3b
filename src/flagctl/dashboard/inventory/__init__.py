"""Inventory: the resources that pages are made of, from files or from a cluster, and who refers to whom."""
