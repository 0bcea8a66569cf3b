"""The tests of a service: its own endpoints, with flags as each test says, and no flagd. pytest -q"""

import pytest
from flask_service import app

from flagd.testing import Flags, every_variant

EVE = {"x-user": "eve"}


def test_the_new_checkout_is_told(flags: Flags) -> None:
    flags.set("new-checkout", "on")
    assert app.test_client().get("/checkout", headers=EVE).json == {"checkout": "on"}


@pytest.mark.flags(new_checkout="off")
def test_the_old_one_too() -> None:
    assert app.test_client().get("/checkout", headers=EVE).json == {"checkout": "off"}


@every_variant("new-checkout")
def test_there_is_always_an_answer() -> None:
    assert app.test_client().get("/checkout", headers=EVE).status_code == 200
