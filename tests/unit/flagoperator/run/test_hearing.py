"""A watch that is silent about what a list found is dead; one that is only slower than the list is not."""

from __future__ import annotations

from flagoperator.run.hearing import DEAF_SECONDS, Hearing

LATER = 100 + DEAF_SECONDS


def test_silence_about_what_a_list_found_is_deafness_after_a_while():
    hearing = Hearing()
    hearing.listed({"Flag"}, started=99, now=100)
    assert hearing.deaf(LATER - 0.1) == []
    assert hearing.due == LATER
    assert hearing.deaf(LATER) == ["Flag"]


def test_what_the_watch_tells_meanwhile_clears_it():
    hearing = Hearing()
    hearing.listed({"Flag", "FlagCohort"}, started=99, now=100)
    hearing.told("Flag", 101)
    assert hearing.deaf(LATER) == ["FlagCohort"]


def test_what_the_watch_told_during_the_list_counts():
    hearing = Hearing()
    hearing.told("Flag", 99.5)
    hearing.listed({"Flag"}, started=99, now=100)
    assert hearing.due == float("inf")
    assert hearing.deaf(LATER) == []


def test_another_list_with_news_gives_no_more_time():
    hearing = Hearing()
    hearing.listed({"Flag"}, started=99, now=100)
    hearing.listed({"Flag"}, started=102, now=103)
    assert hearing.deaf(LATER) == ["Flag"]


def test_a_list_that_finds_nothing_asks_for_nothing():
    hearing = Hearing()
    hearing.listed((), started=99, now=100)
    assert hearing.due == float("inf")
