"""Every example in the README and the docs runs, and prints what the page says it prints.

How to write one:

* ``` ```console ```: lines that start with `$ ` are run in a folder that looks like a fresh clone, the lines below are
  what they print. `…` stands for any text, on a line of its own for any lines. `flagd serve` and `make run` run on in
  the background until the end of the page, on free ports instead of 8013 and 8014. Those of docs/install.md are run on
  a real node (tests/node).
* "Save as `shop/flag.yaml`:" above a block: it is saved there, for the commands below it.
* ``` ```yaml ``` without such a line: must be an acceptable manifest, if it is one.
* ``` ```python ``` and ``` ```javascript ```: saved too, where the line above names the file. On docs/clients.md,
  `python` and `node` have the clients of `make clients`.
* ``` ```go ```, ``` ```java ``` and ``` ```rust ```: on docs/clients.md, run by `make test-clients`.
* ``` ```python ``` with `>>>`: a doctest. One page is one session.
* ``` ```text ```: not run. Diagrams and the like.
"""

from __future__ import annotations

import doctest
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from flagd.manifest import Severity, read_text
from tests.docs.page import ROOT, blocks, pages
from tests.docs.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = {"console", "yaml", "json", "python", "javascript", "proto", "text", "go", "java", "rust"}
CLIENTS = Path("docs/clients.md")
ON_A_NODE = Path("docs/install.md")  # tests/node walks it


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path)
    yield terminal
    terminal.stop()


def with_blocks(*languages: str) -> list[Path]:
    return [page for page in pages() if any(block.language in languages for block in blocks(page))]


@pytest.mark.parametrize("page", [page for page in with_blocks("console") if page != ON_A_NODE], ids=str)
def test_commands_print_what_the_page_shows(page: Path, terminal: Terminal) -> None:
    if page == CLIENTS:
        terminal.borrow_clients()
    for block in blocks(page):
        if block.path:
            terminal.write(block)
        elif block.language == "console":
            terminal.run(block)
    if terminal.skipped:
        pytest.skip(f"all other commands ran; not {'; '.join(terminal.skipped)}")


@pytest.mark.parametrize("page", with_blocks("python"), ids=str)
def test_python_sessions_print_what_the_page_shows(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    sessions = [block for block in blocks(page) if block.language == "python" and not block.path]
    text = "\n".join(block.text for block in sessions)
    examples = doctest.DocTestParser().get_doctest(text, {}, str(page), str(page), 0)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(examples, out=said.append)
    assert not said, "".join(said)


@pytest.mark.parametrize("page", with_blocks("yaml"), ids=str)
def test_yaml_is_yaml_and_manifests_are_acceptable(page: Path) -> None:
    for block in blocks(page):
        if block.language != "yaml":
            continue
        list(yaml.safe_load_all(block.text))
        if "kind:" in block.text and not block.path:
            loaded = read_text(block.text, f"{page}:{block.line}")
            assert [str(each) for each in loaded.diagnostics if each.severity is Severity.ERROR] == []


@pytest.mark.parametrize("page", with_blocks("json"), ids=str)
def test_json_is_json(page: Path) -> None:
    for block in blocks(page):
        if block.language == "json":
            json.loads(block.text)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_block_says_what_it_is(page: Path) -> None:
    assert [f"line {block.line}" for block in blocks(page) if block.language not in LANGUAGES] == []
