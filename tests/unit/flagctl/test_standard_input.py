import io
import sys

import pytest

from flagctl.failure import Unreachable
from flagctl.standard_input import read_standard_input


class Broken(io.RawIOBase):
    def read(self, _most=-1):
        raise OSError(5, "Input/output error")


def given(monkeypatch, stream):
    monkeypatch.setattr(sys, "stdin", stream)


def test_bytes_are_read_as_they_are(monkeypatch):
    given(monkeypatch, io.TextIOWrapper(io.BytesIO(b"\xff\xfeab")))
    assert read_standard_input(3) == b"\xff\xfea"


def test_a_closed_or_broken_one_is_said_to_be(monkeypatch):
    given(monkeypatch, None)
    with pytest.raises(Unreachable, match="closed"):
        read_standard_input()
    broken = type("Stream", (), {"buffer": Broken()})()
    given(monkeypatch, broken)
    with pytest.raises(Unreachable, match="Input/output error"):
        read_standard_input()
