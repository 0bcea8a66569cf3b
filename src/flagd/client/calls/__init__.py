"""Calls to one server, over Connect or gRPC, in time or not at all."""
