import pytest
from flagd.sync.subscriber.backoff import LEAST_SECONDS, MOST_SECONDS, backoff


@pytest.mark.parametrize("attempts", [0, 1, 5, 10_000])
def test_the_wait_is_within_its_bounds(attempts):
    waits = [backoff(attempts) for _ in range(50)]
    assert min(waits) >= LEAST_SECONDS
    assert max(waits) <= min(MOST_SECONDS, LEAST_SECONDS * 2 ** min(attempts + 1, 16))


def test_many_do_not_return_at_once():
    assert len({backoff(5) for _ in range(50)}) > 1
