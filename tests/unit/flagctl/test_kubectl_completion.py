"""The answer to kubectl: words with what they mean, and whether the shell is to complete files."""

from __future__ import annotations

import pytest

from flagctl.commands import SECTIONS
from flagctl.kubectl_completion import completions
from tests.docs.page import ROOT

EXAMPLES = str(ROOT / "examples")


def answer(*words: str) -> tuple[dict[str, str], int]:
    *lines, directive = completions(words).splitlines()
    assert directive.startswith(":")
    return {word: text for word, _, text in (line.partition("\t") for line in lines)}, int(directive[1:])


def test_the_first_word_is_a_command_and_has_its_help():
    verbs = {name: text for section in SECTIONS for name, text in section.verbs.items()}
    assert answer("") == answer() == (verbs, 4)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("do",), {"doctor"}),
        (("rollout", "pr"), {"promote"}),
        (("lint", "--out"), {"--output"}),
        (("lint", "--output", ""), {"text", "json", "github", "sarif"}),
        (("lint", "--output=j"), {"json"}),
        (("eval", EXAMPLES, "--flag", "new-"), {"new-account", "new-checkout"}),
        (("eval", "nowhere", "--flag", "new-"), set()),
        (("nosuch", "do"), {"doctor"}),
        (("rollout", "approve", ""), set()),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_words_are_completed_as_flagctl_completes_them(words: tuple[str, ...], expected: set[str]):
    assert (set(answer(*words)[0]), answer(*words)[1]) == (expected, 4)


@pytest.mark.parametrize("words", [("lint", ""), ("lint", "exa"), ("eval", EXAMPLES, "--user", "@")])
def test_a_path_is_left_to_the_shell(words: tuple[str, ...]):
    found, directive = answer(*words)
    assert (found, directive == 0) == ({}, words[0] == "lint")


def test_every_description_is_one_line():
    assert all("\n" not in text and text for text in answer("impact", "--")[0].values())
