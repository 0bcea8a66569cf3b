"""A watch that is silent about what a list found is dead; one that is only slower than the list is not."""

from __future__ import annotations

from flagoperator.run.watch_health import DEAF_SECONDS, WatchHealth

LATER = 100 + DEAF_SECONDS


def test_silence_about_what_a_list_found_is_deafness_after_a_while():
    watch_health = WatchHealth()
    watch_health.listed({"Flag"}, started=99, now=100)
    assert watch_health.deaf(LATER - 0.1) == []
    assert watch_health.due == LATER
    assert watch_health.deaf(LATER) == ["Flag"]


def test_what_the_watch_tells_meanwhile_clears_it():
    watch_health = WatchHealth()
    watch_health.listed({"Flag", "FlagCohort"}, started=99, now=100)
    watch_health.told("Flag", 101)
    assert watch_health.deaf(LATER) == ["FlagCohort"]


def test_what_the_watch_told_during_the_list_counts():
    watch_health = WatchHealth()
    watch_health.told("Flag", 99.5)
    watch_health.listed({"Flag"}, started=99, now=100)
    assert watch_health.due == float("inf")
    assert watch_health.deaf(LATER) == []


def test_another_list_with_news_gives_no_more_time():
    watch_health = WatchHealth()
    watch_health.listed({"Flag"}, started=99, now=100)
    watch_health.listed({"Flag"}, started=102, now=103)
    assert watch_health.deaf(LATER) == ["Flag"]


def test_a_list_that_finds_nothing_asks_for_nothing():
    watch_health = WatchHealth()
    watch_health.listed((), started=99, now=100)
    assert watch_health.due == float("inf")
