"""docs/why.md has every reason that an answer may give."""

from __future__ import annotations

import re

from flagd.engine import Reason
from tests.docs.page import ROOT


def test_every_reason_has_a_row_and_no_row_is_of_another():
    page = (ROOT / "docs" / "why.md").read_text()
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)) == {reason.value for reason in Reason}
