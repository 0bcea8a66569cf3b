"""How a key is looked up says nothing of keys that exist: neither by what is compared, nor by how long it takes."""

import contextlib
import gc
import hashlib
import time

import pytest

from flagd.api.keyring import Keyring
from flagd.compiler import compile_projects
from flagd.manifest import read_text
from flagd.rpc.status import Unauthenticated
from tests.wire.shop import BACKEND_KEY, SHOP, WEB_KEY

ROUNDS, CALLS = 400, 200


@pytest.fixture(scope="module")
def keyring():
    return Keyring(one.ruleset for one in compile_projects(read_text(SHOP).resources).values())


def test_a_key_is_hashed_before_it_is_compared_with_anything(keyring):
    grant = keyring.grants(f"Api-Key {WEB_KEY}")[0]
    assert grant == keyring.grants_of(hashlib.sha256(WEB_KEY.encode()).hexdigest())[0]
    assert not any(key in str(keyring._grants) for key in (WEB_KEY, BACKEND_KEY))


@pytest.mark.parametrize(
    "header", ["", "Api-Key", f"Api-Key {WEB_KEY[:-1]}", f"Api-Key {WEB_KEY}x", f"Basic {WEB_KEY}"]
)
def test_every_wrong_key_is_told_the_same(keyring, header):
    with pytest.raises(Unauthenticated) as told:
        keyring.grants(header)
    with pytest.raises(Unauthenticated) as other:
        keyring.grants("Api-Key something-else-altogether")
    assert str(told.value) == str(other.value)


def _time(keyring, header):
    begun = time.perf_counter_ns()
    for _ in range(CALLS):
        with contextlib.suppress(Unauthenticated):
            keyring.grants(header)
    return time.perf_counter_ns() - begun


@pytest.mark.long
def test_a_key_that_is_nearly_right_takes_as_long_as_one_that_is_not(keyring):
    """Of two wrong keys, one right but for its end, either is the slower one about as often."""
    near, far = (f"Api-Key {key}" for key in (WEB_KEY[:-1] + "~", "~" * len(WEB_KEY)))
    gc.disable()
    try:
        pairs = [(_time(keyring, near), _time(keyring, far)) for _ in range(ROUNDS)]
        pairs += [(slow, quick) for quick, slow in [(_time(keyring, far), _time(keyring, near)) for _ in range(ROUNDS)]]
    finally:
        gc.enable()
    slower = sum(one > other for one, other in pairs) / len(pairs)
    assert 0.3 < slower < 0.7
