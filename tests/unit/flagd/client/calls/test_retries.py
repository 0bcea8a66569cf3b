"""Whether a call that failed is tried again."""

from flagd.client.calls.retries import ATTEMPTS, MOST_SECONDS, MOST_TOKENS, Retries


def test_a_call_is_tried_a_few_times_after_short_waits():
    retries = Retries()
    waits = [retries.failed(attempt) for attempt in range(1, ATTEMPTS)]
    assert all(wait is not None and 0 <= wait <= MOST_SECONDS for wait in waits)
    assert retries.failed(ATTEMPTS) is None


def test_while_most_calls_fail_none_is_tried_again():
    retries = Retries()
    assert [retries.failed(1) for _ in range(int(MOST_TOKENS))][-1] is None


def test_calls_that_are_answered_make_retries_possible_again():
    retries = Retries()
    for _ in range(100):
        retries.failed(1)
    assert retries.failed(1) is None
    for _ in range(100):
        retries.succeeded()
    assert retries.failed(1) is not None
