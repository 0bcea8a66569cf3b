"""Commands that write, check and compile manifests."""
