from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


@pytest.mark.parametrize("text", ["30", "a month", "-1d", "1y"])
@pytest.mark.parametrize(
    "arguments", [("stale", "--since"), ("promote", "--from", ".", "--to", ".", "--min-age")], ids=str
)
def test_a_length_of_time_that_is_none_is_wrong_use(
    arguments: tuple[str, ...], text: str, run: Callable[..., Result]
) -> None:
    result = run(*arguments, text)
    assert (result.exit_code, "is not a duration; write numbers with d, h, m or s" in result.stderr) == (2, True)
