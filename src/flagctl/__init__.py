"""`flagctl`: everything about flags that needs no cluster, and what asks a server."""
