"""Which run and step a request is about."""

from __future__ import annotations

import pytest

from flagoperator.rollout.verb import Request, Verb


@pytest.mark.parametrize(
    ("verb", "token", "meant"),
    [
        (Verb.APPROVE, "id-0-2", True),
        (Verb.APPROVE, "id-0-1", False),
        (Verb.APPROVE, "id", False),
        (Verb.RESUME, "other-0-2", False),
        (Verb.PROMOTE, "id-0-2", True),
        (Verb.PROMOTE, "id-0-2+force", True),
        (Verb.PAUSE, "id", True),
        (Verb.PAUSE, "id-0-1", True),
        (Verb.ABORT, "other", False),
        (Verb.ABORT, "", False),
        (Verb.RETRY, "anything", True),
    ],
)
def test_a_request_quotes_its_step_and_a_brake_its_run(verb: Verb, token: str, meant: bool):
    assert Request(verb, token).is_meant_for("id", "id-0-2") is meant


@pytest.mark.parametrize(("verb", "forced"), [(Verb.PROMOTE, True), (Verb.APPROVE, False)])
def test_only_a_promote_is_forced(verb: Verb, forced: bool):
    assert Request(verb, "id-0-2+force").is_forced is forced
    assert not Request(verb, "id-0-2").is_forced
