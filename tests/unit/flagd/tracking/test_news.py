"""News: the short way knows what the exact one knows, and nothing else."""

import pytest

from flagd.tracking.news import News
from tests.unit.flagd.tracking.lookups import OFF, ON, context

EVE = ("eve", None, "a", "on")


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_what_is_known_is_a_repeat_and_what_differs_in_anything_is_not():
    news = News()
    is_repeat = news.repeats()
    assert not is_repeat(context(), "a", ON)
    assert news.is_news("eve None a on ", EVE)
    assert is_repeat(context(), "a", ON)
    for other in ((context("ann"), "a", ON), (context(device_id="d"), "a", ON), (context(), "b", ON)):
        assert not is_repeat(*other)
    assert not is_repeat(context(), "a", OFF)


@pytest.mark.parametrize("odd", [{}, {"user": {"user_id": ["eve"]}}, {"user": {}}])
def test_whoever_has_no_id_or_an_odd_one_is_asked_about_the_long_way(odd):
    assert not News().repeats()(odd, "a", ON)


def test_a_day_after_it_was_last_met_it_is_news_again():
    clock = Clock()
    news = News(clock=clock)
    is_repeat = news.repeats()
    assert news.is_news("eve None a on ", EVE)
    clock.now += 24 * 3600 - 1
    assert is_repeat(context(), "a", ON)
    clock.now += 24 * 3600 - 1
    assert not news.is_news("eve None a on ")
    clock.now += 24 * 3600 + 1
    assert not is_repeat(context(), "a", ON)
    assert news.is_news("eve None a on ", EVE)


def test_what_a_user_has_just_met_stands_with_the_user_for_a_minute():
    clock, recent = Clock(), {}
    news = News(clock=clock)
    is_repeat = news.repeats()
    assert not is_repeat(context(), "a", ON, recent)
    assert not recent
    assert news.is_news("eve None a on ", EVE)
    clock.now += 30
    assert is_repeat(context(), "a", ON, recent)
    (variant, asked, met) = recent["a"]
    assert (variant, asked, met.fresh_until) == ("on", is_repeat, 60)
    clock.now += 60
    assert is_repeat(context(), "a", ON, recent)
    assert met.fresh_until == 150


def test_what_was_forgotten_for_lack_of_room_is_no_repeat_and_a_repeat_keeps_it():
    clock = Clock()
    news = News(capacity=2, clock=clock)
    is_repeat = news.repeats()

    def a_minute_later(canonical):
        clock.now += 61
        assert news.is_news(canonical)

    assert news.is_news("eve None a on ", EVE)
    for canonical in ("b", "c", "d"):
        a_minute_later(canonical)
        assert is_repeat(context(), "a", ON), "it is met in between, so the others are forgotten"
    a_minute_later("e")
    a_minute_later("f")
    assert not is_repeat(context(), "a", ON)
    assert len(news._met) == 2


def test_what_is_compared_first_is_bounded_too():
    news = News(capacity=3)
    for number in range(20):
        news.is_news(f"u{number}", (f"u{number}", None, "a", "on"))
    assert len(news._short) <= 3
