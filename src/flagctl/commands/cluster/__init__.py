"""Commands that show or change what runs in a cluster."""
