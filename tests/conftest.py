"""Every test: property tests try the same cases in every run, and are not judged by the clock."""

import signal

from hypothesis import settings

# A shell that runs the tests in the background makes its children ignore Ctrl-C; those under test must not.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")
