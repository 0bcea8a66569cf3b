"""Subscriber: the receiving end of the ruleset stream. The connection is an argument: nothing here imports grpc."""
