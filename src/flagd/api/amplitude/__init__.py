"""Amplitude's REST: what its SDKs ask for, remote and local, answered as its own servers answer.

Source: flags and variants as the SDKs read them (https://github.com/amplitude/experiment-python-server and others).
Keys are deployment keys; variants and flags hold what Amplitude's hold and nothing else.
"""

from flagd.api.amplitude.routes import amplitude_routes

__all__ = ["amplitude_routes"]
