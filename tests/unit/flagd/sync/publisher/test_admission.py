"""Admission: by token, or not at all."""

import pytest

from flagd.rpc.method import Call
from flagd.rpc.status import Unauthenticated
from flagd.sync.publisher import TokenAdmission

NOBODY = [{}, {"authorization": ""}, {"authorization": "Bearer "}, {"authorization": "Bearer wrong"}]


@pytest.mark.parametrize("shown", ["Bearer one", "bearer two", "BEARER  two "])
async def test_whoever_shows_a_token_is_admitted(shown):
    await TokenAdmission(lambda: ["one", "two"]).admit("replica", "a", Call({"authorization": shown}))


@pytest.mark.parametrize("metadata", [*NOBODY, {"authorization": "one"}, {"authorization": "Api-Key one"}])
@pytest.mark.parametrize("tokens", [["one"], [], [""]])
async def test_whoever_shows_none_that_holds_is_not(metadata, tokens):
    with pytest.raises(Unauthenticated, match="a valid token is required"):
        await TokenAdmission(lambda: tokens).admit("replica", "a", Call(metadata))


async def test_without_tokens_everybody_is_admitted():
    await TokenAdmission(None).admit("operator", "a", Call({}))


async def test_tokens_are_asked_for_at_every_stream():
    tokens = ["one"]
    admission = TokenAdmission(lambda: tokens)
    await admission.admit("replica", "a", Call({"authorization": "Bearer one"}))
    tokens[:] = ["two"]
    with pytest.raises(Unauthenticated):
        await admission.admit("replica", "a", Call({"authorization": "Bearer one"}))
