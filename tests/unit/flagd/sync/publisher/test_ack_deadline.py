"""How long a subscriber may owe an answer."""

from flagd.sync.publisher.ack_deadline import LEAST_RATE, AckDeadline

NEVER = float("inf")


def test_who_owes_nothing_is_waited_for_without_end():
    ack_deadline = AckDeadline()
    assert ack_deadline.deadline == NEVER
    ack_deadline.hear(100.0, owing=False)
    assert ack_deadline.deadline == NEVER


def test_who_owes_an_answer_has_24_seconds_from_the_first_question():
    ack_deadline = AckDeadline()
    ack_deadline.ask(100.0)
    ack_deadline.ask(120.0)
    assert ack_deadline.deadline == 124.0


def test_what_is_large_takes_its_time():
    ack_deadline = AckDeadline(10.0)
    ack_deadline.ask(100.0, 5 * LEAST_RATE)
    ack_deadline.ask(101.0, LEAST_RATE)
    assert ack_deadline.deadline == 116.0


def test_a_sign_of_life_begins_the_time_anew_while_more_is_owed():
    ack_deadline = AckDeadline(10.0)
    ack_deadline.ask(100.0, 5 * LEAST_RATE)
    ack_deadline.hear(104.0, owing=True)
    assert ack_deadline.deadline == 119.0
    ack_deadline.hear(110.0, owing=False)
    assert ack_deadline.deadline == NEVER
    ack_deadline.ask(120.0)
    assert ack_deadline.deadline == 130.0, "what was answered counts no longer"
