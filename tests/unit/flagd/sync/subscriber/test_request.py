from flagd.sync.limits import HELD
from flagd.sync.subscriber.request import ack, hello, nack
from flagd.v1.ruleset_pb2 import Role
from tests.unit.flagd.compiler.manifest import compiled, flag

SERVED = compiled(flag("f")).ruleset


def test_a_hello_names_what_is_served():
    said = hello(Role.ROLE_REPLICA, "pod", [SERVED]).hello
    assert (said.role, said.name) == (Role.ROLE_REPLICA, "pod")
    assert [(one.project, one.revision, one.flags) for one in said.held] == [("default", SERVED.revision, 1)]


def test_a_hello_is_bounded():
    assert len(hello(Role.ROLE_REPLICA, "pod", [SERVED] * (HELD + 1)).hello.held) == HELD


def test_an_ack_says_what_is_served_or_that_nothing_is():
    assert (ack("p", SERVED).ack.revision, ack("p", SERVED).ack.flags) == (SERVED.revision, 1)
    assert ack("p", None).ack.revision == ""


def test_a_reason_fits_into_what_publishers_read():
    assert len(nack("p", "r", "\u20ac" * 5000).nack.reason.encode()) <= 1024
