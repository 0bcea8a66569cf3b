from __future__ import annotations

import pytest

from flagd.manifest.reading.layout import line_of, spelling_of

TEXT = """---
# a flag
spec:
  base: &base
    percent: 0x10
  segments:
    - name: on
    - name: "on"
      rollout:
        <<: *base
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("spec",), 2),
        (("spec", "base", "percent"), 4),
        (("spec", "segments", 1), 7),
        (("spec", "segments", 1, "rollout", "percent"), 9),
        (("spec", "segments", 1, "rollout", "weights"), 8),
        (("spec", "segments", 7), 5),
        (("spec", "gone", "deeper"), 2),
    ],
)
def test_the_line_of_a_path_or_of_what_is_above_it_is_known(path: tuple[str | int, ...], line: int):
    assert line_of(TEXT, path) == line


@pytest.mark.parametrize(
    ("path", "spelling"),
    [
        (("spec", "base", "percent"), "0x10"),
        (("spec", "segments", 0, "name"), "on"),
        (("spec", "segments", 1, "name"), None),
        (("spec", "segments"), None),
        (("spec", "gone"), None),
    ],
)
def test_the_spelling_of_an_unquoted_scalar_is_known(path: tuple[str | int, ...], spelling: str | None):
    assert spelling_of(TEXT, path) == spelling


def test_what_yaml_cannot_read_has_its_first_line():
    assert line_of('\n{"a": "\\ud83d\\ude00"}', ("a",)) == 1
