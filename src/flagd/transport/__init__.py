"""Transports: what carries calls. They know methods and routes, and no service."""
