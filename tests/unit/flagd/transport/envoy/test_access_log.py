from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from flagd.transport.envoy.access_log import FIELDS, access_log, check_writable

if TYPE_CHECKING:
    from pathlib import Path


def test_a_path_is_a_file_and_a_dash_is_standard_output_of_this_process():
    for path, where in {"/logs/access.jsonl": "/logs/access.jsonl", "-": f"/proc/{os.getpid()}/fd/1"}.items():
        assert {found["typed_config"]["path"] for found in access_log(path)} == {where}


def test_no_field_is_made_of_what_says_who_calls():
    words = " ".join(FIELDS.values()).replace("%REQ(:METHOD):16%", "")
    assert [each for each in ("ADDRESS", "REQ(", "PEER", "QUERY") if each in words] == []


def test_a_file_that_cannot_be_written_is_said_in_words(tmp_path: Path):
    check_writable("-")
    check_writable(str(tmp_path / "access.jsonl"))
    with pytest.raises(OSError, match=r"^--access-log: .* cannot be written: no such file or directory$"):
        check_writable(str(tmp_path / "none" / "access.jsonl"))
