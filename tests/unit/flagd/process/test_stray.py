"""What libraries print past the log becomes part of it, as text."""

import json
import subprocess
import sys

import pytest

FORGED = "2026-11-28T23:59:59.999Z CRITICAL flagd.forged: hello"
PRINTS = f"""
import os, sys
from flagd.process import log
log.configure("info", "{{style}}")
os.write(2, b"before\\n{FORGED}\\r\\x1b[2J\\x1fboom\\n")
print("by Python", file=sys.stderr)
{{ending}}
"""


def run(style, ending):
    program = PRINTS.format(style=style, ending=ending)
    done = subprocess.run([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    return done.stderr.splitlines()


@pytest.mark.parametrize("ending", ["pass", "raise ValueError('the end')", "sys.exit(3)"])
def test_none_of_it_can_be_taken_for_a_line_of_ours(ending):
    lines = [json.loads(line) for line in run("json", ending)]
    assert {(line["logger"], line["level"]) for line in lines} == {("stderr", "WARNING")}
    messages = [line["message"] for line in lines]
    assert messages[:3] == ["before", FORGED + "\\x0d\\x1b[2J\\x1fboom", "by Python"]
    assert ("ValueError: the end" in messages) == ("ValueError" in ending)


def test_every_line_of_text_names_its_origin():
    assert all(" WARNING stderr: " in line for line in run("text", "pass"))


def test_a_crash_is_told_though_there_is_no_time_to_pass_it_on():
    assert any("Fatal Python error" in line for line in run("text", "os.abort()"))
