from __future__ import annotations

from flagd.transport.envoy.known_path import PATHS, name


def test_what_a_caller_adds_to_a_path_is_a_star():
    assert (name("/sdk/v1/cohort/"), name("/v1/vardata")) == ("/sdk/v1/cohort/*", "/v1/vardata")


def test_no_path_is_hidden_by_one_before_it():
    below = [(path, above) for path in PATHS for above in PATHS[: PATHS.index(path)] if above.endswith("/")]
    assert [pair for pair in below if pair[0].startswith(pair[1])] == []
