"""YAML means what kubectl was measured to make of it: yaml_cases.json, written by kubectl_yaml/main.go."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flagd.manifest.reading.content import Content
from flagd.manifest.reading.document import documents

CASES = json.loads(Path(__file__).with_name("yaml_cases.json").read_text())["cases"]

REFUSED = {
    "a key that arrives as another text": (
        "UnquotedKey",
        *(f"{{{key}: 1}}" for key in ("on", "off", "y", "n", "yes", "no", "True", "0x10", "1.0", "1e3", ".5")),
        "{true: 1, on: 2}",
        "on:\n  - y",
        "x: &x {b: 2}\ny: &y {b: 3, c: 4}\na:\n  <<: [*x, *y]",
    ),
    "a key that kubectl takes twice": ("DuplicateKey", "{a: 1, a: 2}", "a: {b: 1, <<: {b: 2, c: 3}}"),
    "a tag": (
        "UnsupportedTag",
        *("a: !foo bar", "a: !foo 5", "a: !!binary aGk=", "a: !!timestamp 2027-03-01", "!!set {a, b}"),
    ),
    "text that kubectl drops": ("InvalidYaml", "a: 1\n...\nb: 2"),
}
"""What kubectl takes silently and we refuse, because its author cannot have meant it."""

ACCEPTED = ('{"a": 1, "b": "x\\/y"}', '{"a": "\\ud83d\\ude00"}')
"""What the YAML reader refuses and kubectl takes all the same: it reads a stream that begins with a brace as JSON."""


def read(text: str) -> Content:
    found = list(documents(text))
    assert len(found) <= 1
    return found[0].content if found else Content()


def same(ours: Any, kubectls: Any) -> bool:
    # Kubernetes reads integers beyond 64 bits as floats, and so do we; JSON in the table does not.
    if isinstance(ours, float) and not isinstance(kubectls, bool):
        return ours == float(kubectls)
    if isinstance(ours, dict):
        return ours.keys() == kubectls.keys() and all(same(ours[key], kubectls[key]) for key in ours)
    if isinstance(ours, list):
        return len(ours) == len(kubectls) and all(map(same, ours, kubectls))
    return type(ours) is type(kubectls) and ours == kubectls


def refusals() -> dict[str, str]:
    return {text: reason for reason, *texts in REFUSED.values() for text in texts}


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["yaml"]))
def test_a_text_is_what_kubectl_makes_of_it(case: dict[str, Any]):
    document = read(case["yaml"])
    reasons = [finding.reason for finding in document.findings]
    if case["yaml"] in refusals():
        assert refusals()[case["yaml"]] in reasons
    elif "error" in case and case["yaml"] not in ACCEPTED:
        assert reasons
    elif "error" not in case:
        assert not reasons
        assert same(document.data, case["json"])
    else:
        assert not reasons
        assert document.data == json.loads(case["yaml"])


def test_every_exception_is_in_the_table():
    measured = {case["yaml"] for case in CASES}
    assert measured >= {*refusals(), *ACCEPTED}
