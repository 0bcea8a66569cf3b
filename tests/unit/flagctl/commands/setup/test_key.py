from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]


def sha256(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def test_a_new_key_has_256_bits_and_is_never_the_same(run: Run) -> None:
    keys = {json.loads(run("key", "new", "--output", "json").stdout)["key"] for _ in range(20)}
    assert len(keys) == 20
    assert all(re.fullmatch(r"flagkey_[A-Za-z0-9]{43}", key) for key in keys)


def test_a_new_key_comes_with_its_hash(run: Run) -> None:
    made = json.loads(run("key", "new", "--output", "json").stdout)
    assert made["hash"] == sha256(made["key"])


def test_the_text_holds_a_line_to_paste_into_the_deployment(run: Run) -> None:
    shown = run("key", "new").stdout
    key, hashed = re.findall(r"^(?:key|hash): +(\S+)$", shown, re.MULTILINE)
    assert yaml.safe_load(shown.split("\n\n")[1]) == {"keyHashes": [hashed]}
    assert hashed == sha256(key)


@pytest.mark.parametrize("text", ["secret", "secret\n", "secret\r\n"])
def test_hash_reads_the_key_without_its_line_end(text: str, run: Run) -> None:
    assert run("key", "hash", stdin=text).stdout == sha256("secret") + "\n"


def test_the_hash_of_a_new_key_is_the_one_it_came_with(run: Run) -> None:
    made = json.loads(run("key", "new", "--output", "json").stdout)
    assert run("key", "hash", stdin=made["key"]).stdout.strip() == made["hash"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "standard input contains no key"),
        ("\n", "standard input contains no key"),
        ("a b", "no spaces"),
        ("one\ntwo\n", "one key on one line"),
        ("x" * 257, "at most 256 bytes"),
        ("ä" * 129, "at most 256 bytes"),
    ],
)
def test_what_cannot_be_a_key_is_refused(text: str, message: str, run: Run) -> None:
    result = run("key", "hash", stdin=text)
    assert result.exit_code == 2
    assert message in result.stderr
