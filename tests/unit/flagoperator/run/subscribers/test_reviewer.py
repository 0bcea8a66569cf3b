"""How often the API server is asked about tokens, and what is remembered."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from flagoperator.cluster.api import ApiError
from flagoperator.cluster.token_review import TokenReview
from flagoperator.run.subscribers import reviewer as module
from flagoperator.run.subscribers.reviewer import AT_ONCE, AWAY_SECONDS, BURST, FRESH_SECONDS, Reviewer, ReviewError

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD, BAD = TokenReview("system:serviceaccount:flags:flagd"), TokenReview("", error="expired")


class Asked:
    """An API server that knows `good`, and a reviewer that asks it, at a time that the test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[str] = []
        self.failure: ApiError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.most = self.running = 0
        self.counts: Counter[str] = Counter()
        self.reviewer = Reviewer(self._ask, self.counts, lambda: self.now)

    async def _ask(self, token: str) -> TokenReview:
        self.asked.append(token)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait()
        finally:
            self.running -= 1
        if self.failure:
            raise self.failure
        return GOOD if token == "good" else BAD

    async def review(self, token: str) -> TokenReview | str:
        try:
            return await self.reviewer.review(token)
        except ReviewError as error:
            return str(error)


@pytest.mark.parametrize(("token", "answer"), [("good", GOOD), ("bad", BAD)])
async def test_an_answer_holds_for_a_moment(token: str, answer: TokenReview):
    server = Asked()
    assert [await server.review(token) for _ in range(3)] == [answer] * 3
    assert server.asked == [token]
    server.now = FRESH_SECONDS
    assert await server.review(token) == answer
    assert server.asked == [token] * 2
    assert server.counts == {"authenticated" if answer.user else "refused": 2}


async def test_many_that_show_one_token_at_once_are_one_question():
    server = Asked()
    server.gate.clear()
    waiting = [asyncio.create_task(server.review("good")) for _ in range(50)]
    await asyncio.sleep(0)
    waiting[0].cancel()  # one leaves, the others still get their answer
    server.gate.set()
    assert set(await asyncio.gather(*waiting[1:])) == {GOOD}
    assert server.asked == ["good"]


async def test_few_questions_are_open_at_a_time():
    server = Asked()
    server.gate.clear()
    waiting = [asyncio.create_task(server.review(f"bad {number}")) for number in range(30)]
    while server.running < AT_ONCE:
        await asyncio.sleep(0)
    server.gate.set()
    assert set(await asyncio.gather(*waiting)) == {BAD}
    assert server.most == AT_ONCE


async def test_strange_tokens_are_asked_about_at_a_bounded_rate():
    server = Asked()
    found = [await server.review(f"bad {number}") for number in range(2 * BURST)]
    assert found.count(BAD) == len(server.asked) == BURST
    assert found[-1] == "too many tokens to review"
    assert server.counts["postponed"] == BURST
    server.now = 1.0
    found = [await server.review(f"worse {number}") for number in range(100)]
    assert found.count(BAD) == 20
    server.now = 0.5  # a clock that goes back gives no credit
    assert await server.review("more") == "too many tokens to review"


async def test_few_wait_for_their_turn():
    server = Asked()
    server.gate.clear()
    waiting = [asyncio.create_task(server.review(f"bad {number}")) for number in range(BURST)]
    while server.running < AT_ONCE:
        await asyncio.sleep(0)
    server.now = 60.0
    assert await server.review("one more") == "too many tokens to review"
    server.gate.set()
    assert set(await asyncio.gather(*waiting)) == {BAD}
    assert await server.review("one more") == BAD


@pytest.mark.parametrize("status", [0, 401, 403, 429, 500, 503])
async def test_an_api_server_that_cannot_answer_is_left_alone_for_a_while(
    status: int, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO")
    server = Asked()
    server.failure = ApiError(status, "", "tokenreviews is forbidden")
    assert await server.review("good") == "tokenreviews is forbidden"
    assert await server.review("good") == "the API server could not answer a moment ago"
    server.now = AWAY_SECONDS
    assert await server.review("good") == "tokenreviews is forbidden"
    assert server.asked == ["good"] * 2
    server.failure, server.now = None, 2 * AWAY_SECONDS
    assert await server.review("good") == GOOD
    assert caplog.messages == [
        "tokens cannot be reviewed: tokenreviews is forbidden",
        "tokens are reviewed again",
    ]


async def test_those_who_wait_while_the_api_server_goes_are_not_asked_about():
    server = Asked()
    server.gate.clear()
    server.failure = ApiError(0, "", "no answer")
    waiting = [asyncio.create_task(server.review(f"bad {number}")) for number in range(20)]
    while server.running < AT_ONCE:
        await asyncio.sleep(0)
    server.gate.set()
    found = Counter(await asyncio.gather(*waiting))
    assert found == {"no answer": AT_ONCE, "the API server could not answer a moment ago": 20 - AT_ONCE}


async def test_a_token_that_the_api_server_cannot_read_harms_no_other():
    server = Asked()
    server.failure = ApiError(400, "BadRequest", "no such token")
    assert await server.review("strange") == "no such token"
    server.failure = None
    assert await server.review("good") == GOOD


async def test_nobody_waits_forever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.02)
    server = Asked()
    server.gate.clear()
    assert await server.review("good") == "no answer in time"
    server.gate.set()
    await _until(lambda: not server.running)
    assert await server.review("good") == GOOD
    assert server.asked == ["good"]


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "ANSWERS", 3)
    server = Asked()
    for token in ("good", "1", "2", "3", "good"):
        await server.review(token)
    assert server.asked == ["good", "1", "2", "3", "good"]


async def _until(check: Callable[[], bool]) -> None:
    while not check():
        await asyncio.sleep(0)
