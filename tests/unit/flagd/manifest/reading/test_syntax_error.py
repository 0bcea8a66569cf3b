"""Where a text is no YAML, the finding says what and where, and what was found before it is kept."""

from __future__ import annotations

import pytest
import yaml

from flagd.manifest.reading.syntax_error import syntax_error
from flagd.manifest.reading.tree import build


@pytest.mark.parametrize(
    ("source", "line", "part"),
    [("a: [1\nb: 2", 1, "flow sequence"), ("a:\n\tb: 1", 1, "indented with a tab"), ("a: 1\n...\nb: 2", 2, "`---`")],
)
def test_the_finding_says_what_is_wrong_and_on_which_line(source: str, line: int, part: str) -> None:
    with pytest.raises(yaml.YAMLError) as raised:
        list(yaml.parse(source, yaml.CSafeLoader))
    found = syntax_error(raised.value, source)
    assert (found.reason, found.line) == ("InvalidYaml", line)
    assert part in found.message


def test_what_was_found_before_the_error_is_kept() -> None:
    content = build("a: 1\na: 2\nb: [")
    assert content.data is None
    assert [found.reason for found in content.findings] == ["DuplicateKey", "InvalidYaml"]
