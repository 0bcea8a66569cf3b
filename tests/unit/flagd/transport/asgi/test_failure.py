import pytest

from flagd.rpc.status import NotFound, RpcError
from flagd.transport.asgi.body import Disconnected
from flagd.transport.asgi.failure import settle


async def answered(error, *, gone=False):
    answers = []

    async def fail(answer):
        answers.append(answer)
        if gone:
            raise OSError

    await settle(error, fail, "/path")
    return answers


async def test_an_error_for_the_caller_is_answered_as_it_is():
    error = NotFound("no such flag")
    assert await answered(error) == [error]


async def test_a_bug_is_answered_without_its_text_and_logged_with_its_place(caplog):
    try:
        raise ValueError("secret")
    except ValueError as error:
        (answer,) = await answered(error)
    assert (type(answer), answer.message) == (RpcError, "internal error")
    assert "/path failed: ValueError" in caplog.text
    assert "secret" not in caplog.text.replace('raise ValueError("secret")', "")


@pytest.mark.parametrize(("error", "answers"), [(Disconnected(), 0), (NotFound("x"), 1), (ValueError("x"), 1)])
async def test_a_caller_who_is_gone_is_nobody_to_answer_and_nothing_to_log(error, answers, caplog):
    assert len(await answered(error, gone=True)) == answers
    assert not caplog.records
