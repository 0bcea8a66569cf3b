import asyncio

import pytest

from flagctl.dashboard.live.rights import FRESH_SECONDS, Rights
from flagoperator.cluster.api import ApiError


class Reviews:
    """Answers reviews: what is in `allowed`, by verb and resource and namespace."""

    def __init__(self, *allowed):
        self.allowed = set(allowed)
        self.asked = 0
        self.away = False

    async def create(self, _path, review):
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise ApiError(0, "", "away")
        asked = review["spec"]["resourceAttributes"]
        place = asked["verb"], asked["resource"], asked.get("namespace", "")
        return {"status": {"allowed": place in self.allowed}}


async def test_who_may_list_and_not_watch_sees_nothing():
    reviews = Reviews(("list", "flags", ""), ("list", "flagcohorts", ""), ("watch", "flagcohorts", ""))
    sight = await Rights(reviews, ()).sight()
    assert sight.everywhere == {"FlagCohort"}
    assert sight.may("FlagCohort", "shop")
    assert not sight.may("Flag", "shop")


async def test_one_namespace_shows_nothing_of_another():
    reviews = Reviews(("list", "flags", "shop"), ("watch", "flags", "shop"))
    sight = await Rights(reviews, ("shop", "web")).sight()
    assert sight.may("Flag", "shop")
    assert not sight.may("Flag", "web")


async def test_an_answer_is_believed_for_a_minute_and_asked_once_by_many():
    now, reviews = [0.0], Reviews(("patch", "flags", "shop"))
    rights = Rights(reviews, (), lambda: now[0])
    assert await asyncio.gather(*(rights.may("patch", "Flag", "shop") for _ in range(5))) == [True] * 5
    assert reviews.asked == 1
    reviews.allowed.clear()
    now[0] = FRESH_SECONDS + 1
    assert not await rights.may("patch", "Flag", "shop")


async def test_what_could_not_be_asked_is_not_remembered():
    reviews = Reviews(("patch", "flags", ""))
    rights = Rights(reviews, ())
    reviews.away = True
    with pytest.raises(ApiError):
        await rights.may("patch", "Flag")
    reviews.away = False
    assert await rights.may("patch", "Flag")
