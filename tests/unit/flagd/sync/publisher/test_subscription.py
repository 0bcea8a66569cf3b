import pytest

from flagd.rpc.status import InvalidArgument
from flagd.sync.limits import HELD
from flagd.sync.publisher.subscription import PROJECTS, read_subscription
from flagd.v1.ruleset_pb2 import Ack, Held, Hello, Role, SubscribeRequest


def read(**hello):
    return read_subscription(SubscribeRequest(hello=Hello(**{"role": Role.ROLE_CLIENT, **hello})))


def test_a_hello_says_who_asks_for_what():
    subscription = read(name="pod", projects=["shop"], held=[Held(project="shop", revision="r", flags=3)])
    assert (subscription.role, subscription.name, subscription.held) == ("client", "pod", {"shop": ("r", 3)})
    assert subscription.wants("shop")
    assert not subscription.wants("other")


def test_who_names_no_project_wants_all():
    assert read().wants("anything")


@pytest.mark.parametrize(
    ("hello", "says"),
    [
        ({"role": Role.ROLE_UNSPECIFIED}, "hello.role: must be"),
        ({"name": "x" * 300}, "hello.name"),
        ({"projects": ["p"] * (PROJECTS + 1)}, "hello.projects"),
        ({"projects": ["x" * 300]}, "hello.projects"),
        ({"held": [Held()] * (HELD + 1)}, "hello.held"),
        ({"held": [Held(project="p", revision="r" * 65)]}, "revision"),
    ],
)
def test_a_hello_that_breaks_a_rule_is_refused_with_its_field(hello, says):
    with pytest.raises(InvalidArgument, match=says):
        read(**hello)


def test_a_stream_begins_with_a_hello():
    with pytest.raises(InvalidArgument, match="must be a hello"):
        read_subscription(SubscribeRequest(ack=Ack(project="p")))
