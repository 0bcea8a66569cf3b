from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.unit.flagctl.manifest import flag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Write = Callable[[str, object], Path]

HALF = {"percent": 50}


@pytest.fixture
def flags(write: Write) -> Path:
    return write(
        "flags.yaml",
        [
            flag("old", expires="2030-01-01", owner="team-pay", allOtherUsers=HALF),
            flag("done"),
            flag("fresh", expires="2031-01-01", allOtherUsers=HALF),
            flag("done", namespace="blog"),
            flag("broken", expires="2030-01-01", prerequisites={"flags": [{"key": "nowhere", "variants": ["on"]}]}),
        ],
    )


def test_the_table_says_whose_flag_is_stale_and_why(run: Run, flags: Path) -> None:
    result = run("stale", flags, "--today", "2030-06-15")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "PROJECT  FLAG    OWNER     REASON           DETAIL",
        'blog     done              ServesEverybody  everybody gets "on"',
        "shop     broken            Expired          expired on 2030-01-01, 165 days ago",
        'shop     done              ServesEverybody  everybody gets "on"',
        "shop     old     team-pay  Expired          expired on 2030-01-01, 165 days ago",
    ]


def test_json_holds_the_same(run: Run, flags: Path) -> None:
    found = json.loads(run("stale", flags, "--today", "2030-06-15", "--project", "blog", "--output", "json").stdout)
    assert found == [
        {"project": "blog", "flag": "done", "owner": "", "reason": "ServesEverybody", "detail": 'everybody gets "on"'}
    ]


def test_a_stale_flag_fails_only_where_asked_to(run: Run, flags: Path) -> None:
    assert run("stale", flags, "--exit-code").exit_code == 1


def test_no_stale_flag_is_said_on_standard_error(run: Run, write: Write) -> None:
    result = run("stale", "--exit-code", write("a.yaml", flag("a", allOtherUsers=HALF)))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no flag is stale\n")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--today", "tomorrow"], 2, '"tomorrow" is not a date'),
        (["--project", "shpo"], 1, 'did you mean "shop"?'),
        (["--metrics", "ftp://localhost"], 2, "is not a URL such as http://localhost:8014/metrics"),
        (["--metrics", "http://127.0.0.1:1/metrics"], 3, "cannot read http://127.0.0.1:1/metrics"),
    ],
)
def test_what_is_wrong_is_said(options: list[str], code: int, message: str, run: Run, flags: Path) -> None:
    result = run("stale", flags, *options)
    assert result.exit_code == code
    assert message in result.stderr
