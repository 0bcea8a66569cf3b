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

NEEDED = {"prerequisites": {"flags": [{"key": "banner", "variants": ["on"]}]}}


def test_what_refers_to_a_flag_and_what_names_it_is_listed(run: Run, write: Write) -> None:
    flags = write("flags.yaml", [flag("banner"), flag("checkout", **NEEDED)])
    code = write("src/web.py", "flags.boolean('banner')")
    result = run("retire", "banner", flags, "--code", code)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        'shop/banner: everybody gets "on"',
        f"  Flag shop/checkout refers to it at spec.prerequisites.flags[0].key ({flags}:3)",
        f"  {code}:1:16 names it",
    ]


def test_a_flag_that_nothing_needs_may_go(run: Run, write: Write) -> None:
    flags = write("flags.yaml", [flag("banner"), flag("checkout")])
    result = run("retire", "banner", flags, "--code", flags.parent)
    assert (result.exit_code, result.stdout) == (
        0,
        f'shop/banner: everybody gets "on"\n  nothing needs it any more; remove it at {flags}:1\n',
    )


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"allOtherUsers": {"percent": 50}}, "users get different variants: decide on one first"),
        (NEEDED, "shop/banner: it has errors, which flagctl lint shows"),
    ],
)
def test_a_flag_that_is_not_decided_says_so(spec: dict[str, object], said: str, run: Run, write: Write) -> None:
    assert said in run("retire", "banner", write("flags.yaml", flag("banner", **spec))).stdout


def test_every_namespace_that_has_the_key_is_looked_at(run: Run, write: Write) -> None:
    flags = write("flags.yaml", [flag("banner"), flag("banner", namespace="blog", key="banner")])
    found = json.loads(run("retire", "banner", flags, "--output", "json").stdout)
    assert [(each["project"], each["gives"], each["needed"]) for each in found] == [
        ("shop", 'everybody gets "on"', []),
        ("blog", 'everybody gets "on"', []),
    ]
    assert len(json.loads(run("retire", "banner", flags, "--project", "blog", "--output", "json").stdout)) == 1


def test_a_flag_that_is_not_there_is_named(run: Run, write: Write) -> None:
    result = run("retire", "baner", write("flags.yaml", flag("banner")))
    assert (result.exit_code, 'did you mean "banner"?' in result.stderr) == (1, True)
