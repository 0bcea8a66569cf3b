"""How long a subscriber may owe an answer."""

from flagd.sync.publisher.ack_deadline import LEAST_RATE, Patience

NEVER = float("inf")


def test_who_owes_nothing_is_waited_for_without_end():
    patience = Patience()
    assert patience.deadline == NEVER
    patience.hear(100.0, owing=False)
    assert patience.deadline == NEVER


def test_who_owes_an_answer_has_24_seconds_from_the_first_question():
    patience = Patience()
    patience.ask(100.0)
    patience.ask(120.0)
    assert patience.deadline == 124.0


def test_what_is_large_takes_its_time():
    patience = Patience(10.0)
    patience.ask(100.0, 5 * LEAST_RATE)
    patience.ask(101.0, LEAST_RATE)
    assert patience.deadline == 116.0


def test_a_sign_of_life_begins_the_time_anew_while_more_is_owed():
    patience = Patience(10.0)
    patience.ask(100.0, 5 * LEAST_RATE)
    patience.hear(104.0, owing=True)
    assert patience.deadline == 119.0
    patience.hear(110.0, owing=False)
    assert patience.deadline == NEVER
    patience.ask(120.0)
    assert patience.deadline == 130.0, "what was answered counts no longer"
