import pytest

from flagd.rpc import status as errors
from flagd.rpc.status import HTTP_STATUS, RpcError, Status


def kinds(error=RpcError):
    return [error, *(each for below in error.__subclasses__() for each in kinds(below))]


def test_every_code_but_ok_has_an_http_status():
    assert HTTP_STATUS.keys() == set(Status) - {Status.OK}


@pytest.mark.parametrize("error", kinds(), ids=lambda error: error.__name__)
def test_an_error_has_a_message_and_two_statuses(error):
    raised = error("why")
    assert (raised.message, str(raised)) == ("why", "why")
    assert raised.status in HTTP_STATUS
    assert 400 <= raised.http_status <= 599


def test_the_drawn_tree_holds_every_error():
    drawn = {word for line in (errors.__doc__ or "").splitlines() if "\u2500" in line for word in line.split()}
    assert {error.__name__ for error in kinds() if error.__module__ == errors.__name__} - {"RpcError"} <= drawn
