"""Every test: property tests try the same cases in every run, and are not judged by the clock."""

from hypothesis import settings

settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")
