"""Ports of a process: whether they can be had, and the certificates that they answer with."""
