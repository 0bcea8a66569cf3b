"""Takeover: who is asked while another evaluation stands in, and who afterwards."""

from flagd.client import User
from flagd.client.takeover import standing_in
from flagd.testing.flags import Flags
from flagd.testing.known import Known
from tests.unit.flagd.client.test_client import _flag

EVE = User("eve")


def _flags():
    flags = Flags(Known({"a": _flag("a", "tested")}))
    flags.set("a", "tested")
    return flags


def test_clients_ask_what_stands_in_and_their_own_again_afterwards(client):
    one = client(bootstrap=[_flag("a")])
    one.wait_ready()
    with standing_in(_flags()):
        other = client(bootstrap=[_flag("a")])
        assert (one.variant("a", EVE).key, other.variant("a", EVE).key) == ("tested", "tested")
    assert one.variant("a", EVE).key == "on"
    assert other.wait_ready()
    assert other.variant("a", EVE).key == "on"


def test_one_that_stands_in_inside_another_gives_way_to_it(client):
    one = client(bootstrap=[_flag("a")])
    one.wait_ready()
    inner = Flags(Known({"a": _flag("a", "inner")}))
    inner.set("a", "inner")
    with standing_in(_flags()):
        with standing_in(inner):
            assert one.variant("a", EVE).key == "inner"
        assert one.variant("a", EVE).key == "tested"
    assert one.variant("a", EVE).key == "on"
