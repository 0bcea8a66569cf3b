"""Servers to compare flagd with, each a module to run: `python -m benchmarks.servers.NAME PORT`."""
