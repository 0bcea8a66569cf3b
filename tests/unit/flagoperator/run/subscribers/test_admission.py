"""Who may subscribe, by the options of the operator."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from flagd.rpc.method import Call
from flagd.rpc.status import Unauthenticated
from flagd.rpc.transport import TlsFiles
from flagd.sync.publisher import TokenAdmission
from flagoperator.run.options import Options
from flagoperator.run.subscribers.account_admission import AccountAdmission
from flagoperator.run.subscribers.admission import exposures, make_admission

FILE = Path("unused")
ACCOUNTS = (("flags", "flagd"),)


@pytest.mark.parametrize(
    ("settings", "open_"),
    [
        ({}, True),
        ({"tls": TlsFiles(FILE, FILE)}, True),
        ({"tls": TlsFiles(FILE, FILE, FILE)}, False),
        ({"token_file": FILE}, False),
        ({"subscribers": ACCOUNTS}, True),  # who listens in reads the tokens
        ({"subscribers": ACCOUNTS, "tls": TlsFiles(FILE, FILE)}, False),
    ],
)
def test_an_operator_is_open_where_nobody_must_say_who_it_is(settings: dict[str, Any], open_: bool):
    found = exposures(Options(listen="0.0.0.0:8015", **settings))
    assert bool(found) is open_
    assert not any(each.local for each in found)


def test_an_operator_believes_whoever_answers_as_a_peer_without_a_ca():
    options = Options(token_file=FILE, peers=("flagd-0:8015", "localhost:8015"))
    assert [(each.option, each.local) for each in exposures(options)] == [("--peers", False), ("--peers", True)]
    assert not exposures(replace(options, peer_ca=FILE))


def test_listed_accounts_are_asked_about():
    admission = make_admission(Options(subscribers=ACCOUNTS), _api(), Counter())
    assert isinstance(admission, AccountAdmission)


async def test_tokens_of_a_file_are_read_at_every_stream(tmp_path: Path):
    file = tmp_path / "tokens"
    admission = make_admission(Options(token_file=file), _api(), Counter())
    assert isinstance(admission, TokenAdmission)
    for text in ("one\n\n", "two\n"):
        file.write_text(text)
        await admission.admit("replica", "a", Call({"authorization": f"Bearer {text.strip()}"}))
    with pytest.raises(Unauthenticated):
        await admission.admit("replica", "a", Call({"authorization": "Bearer one"}))


def _api() -> Any:
    return None  # nobody is asked
