"""Session: what one subscriber is sent next."""

from flagd.sync.publisher.session import WHOLE, Sent, Session


def test_a_subscriber_that_has_nothing_gets_everything():
    assert Session({}).base("p", "r1") == WHOLE


def test_a_subscriber_that_has_the_latest_gets_nothing():
    assert Session({"p": "r1"}).base("p", "r1") is None


def test_a_subscriber_that_has_another_revision_gets_what_differs_from_it():
    assert Session({"p": "r1"}).base("p", "r2") == "r1"


def test_nothing_is_sent_while_something_is_on_its_way():
    session = Session({"p": "r1"})
    session.send("p", Sent("r2", "r1"))
    assert session.base("p", "r3") is None
    assert session.base("q", "r3") == WHOLE


def test_after_an_ack_the_latest_is_next_whatever_was_skipped():
    session = Session({"p": "r1"})
    session.send("p", Sent("r2", "r1"))
    session.ack("p", "r2")
    assert session.base("p", "r9") == "r2"
    assert session.base("p", "r2") is None


def test_a_difference_that_was_refused_is_followed_by_everything_once():
    session = Session({"p": "r1"})
    session.send("p", Sent("r2", "r1"))
    session.nack("p", "r2")
    assert session.base("p", "r2") == WHOLE
    session.send("p", Sent("r2"))
    session.nack("p", "r2")
    assert session.base("p", "r2") is None


def test_after_a_refusal_the_next_revision_is_sent_as_a_whole():
    session = Session({"p": "r1"})
    session.send("p", Sent("r2"))
    session.nack("p", "r2")
    assert session.base("p", "r3") == WHOLE
    session.send("p", Sent("r3"))
    session.ack("p", "r3")
    assert session.base("p", "r4") == "r3"


def test_what_another_publisher_sent_counts_as_held():
    session = Session({"p": "r1"})
    session.ack("p", "r2")
    assert session.base("p", "r3") == "r2"


def test_an_ack_of_something_else_does_not_answer_what_is_on_its_way():
    session = Session({"p": "r1"})
    session.send("p", Sent("r2", "r1"))
    session.ack("p", "r7")
    session.nack("p", "r8")
    assert session.base("p", "r3") is None


def test_what_was_refused_here_stays_refused_when_another_publisher_is_acknowledged():
    session = Session({"p": "r1"})
    session.send("p", Sent("r2"))
    session.nack("p", "r2")
    session.ack("p", "r7")
    assert session.base("p", "r2") is None


def test_what_cannot_be_sent_is_not_tried_again():
    session = Session({"p": "r1"})
    session.hold("p", Sent("r2", "r1"))
    assert session.base("p", "r2") is None
    assert session.base("p", "r3") == WHOLE


def test_a_project_that_is_gone_is_told_once():
    session = Session({"p": "r1"})
    assert session.base("p", WHOLE) == "r1"
    session.send("p", Sent(WHOLE))
    assert session.base("p", WHOLE) is None
    session.ack("p", WHOLE)
    assert session.held == frozenset()
