"""What is said of a server that was not reached."""

import ssl

import aiohttp
import pytest

from flagoperator.kubeconfig.outage import outage


@pytest.mark.parametrize("check", [ssl.create_default_context(), True, False, None])
async def test_no_object_of_python_is_named(check):
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError) as refused:
            await session.get("https://127.0.0.1:9", ssl=True if check is None else check)
    assert outage(refused.value) == "cannot connect to 127.0.0.1:9: Connection refused"


async def test_a_name_that_nobody_has_is_said_without_an_object_of_python():
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientError) as refused:
            await session.get("https://nobody.invalid:9", ssl=ssl.create_default_context())
    text = outage(refused.value)
    assert "nobody.invalid:9" in text
    assert "ssl:" not in text
    assert "object at" not in text


def test_a_text_of_several_lines_is_one_and_no_text_is_a_name():
    assert outage(OSError("one\n  two")) == "one two"
    assert outage(ConnectionResetError()) == "ConnectionResetError"
    assert outage(TimeoutError()) == "no answer in time"
