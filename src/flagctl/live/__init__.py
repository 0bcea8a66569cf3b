"""Resources of a cluster, changed by apply and set."""
