"""The site: it builds without a warning, asks no other server for anything, and leads each reader in two clicks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.docs.page import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


class Html(HTMLParser):
    """What a page of the site loads, and links to in its text and in its navigation."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.nav: list[str] = []
        self._article = 0
        self._nav = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("script", "img", "iframe", "source", "video"):
            self.loaded.append(given.get("src") or "")
        if tag == "link" and given.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.append(given.get("href") or "")
        self._article += tag == "article"
        self._nav += tag == "nav"
        if tag == "a" and self._nav:
            self.nav.append(given.get("href") or "")
        if tag == "a" and self._article:
            self.links.append(given.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self._article -= tag == "article"
        self._nav -= tag == "nav"


def pages(site: Path) -> dict[str, Html]:
    return {path.name: Html(path.read_text()) for path in site.glob("*.html") if path.name != "404.html"}


def test_every_page_is_there_and_asks_no_other_server_for_anything(site: Path):
    found = pages(site)
    assert set(found) == {f"{path.stem}.html" for path in (ROOT / "docs").glob("*.md")}
    assert {each for page in found.values() for each in page.loaded if re.match(r"(https?:)?//", each)} == set()
    styles = "".join(path.read_text() for path in site.rglob("*.css"))
    assert re.findall(r"url\([\"']?(?:https?:)?//[^)]*\)|@import[^;]*//", styles) == []


TASKS = {
    "install": ("install.html", "chart", "helm install"),
    "call": ("calling-flagd.html", "", "EvaluationService/Evaluate"),
    "find out why": ("why.html", "ask", "flagctl explain"),
    "put right": ("operations.html", "a-change-is-not-live", "flagctl doctor"),
    "look up a reason": ("troubleshooting.html", "published-who-serves-it", "NoReplicas"),
}
"""What a reader wants, by a word of the start page: the page, its section, and what is typed or read there."""


def clicks(found: dict[str, Html], links: Callable[[Html], list[str]], page: str) -> int:
    """Return after how many clicks on `links`, 3 at most, somebody on the start page is at `page`."""
    reached, number = {"index.html"}, 0
    while page not in reached and number < 3:
        reached |= {link.partition("#")[0] for name in reached & found.keys() for link in links(found[name])}
        number += 1
    return number


@pytest.mark.parametrize("task", TASKS)
def test_what_each_reader_looks_for_is_two_clicks_from_the_start(site: Path, task: str):
    page, anchor, typed = TASKS[task]
    found = pages(site)
    assert clicks(found, lambda each: each.links, page) <= 2, "by the links of the text"
    assert clicks(found, lambda each: each.nav, page) == 1, "by the navigation beside it"
    text = (site / page).read_text()
    assert not anchor or f'id="{anchor}"' in text
    assert typed in re.sub(r"<[^>]+>", "", text)


def test_the_start_page_says_first_what_readers_want_to_do():
    wanted = re.findall(r"^\| ([a-z][^|]*) \| \[", (ROOT / "docs" / "index.md").read_text(), re.MULTILINE)
    assert len(wanted) == 4
    assert [
        each for each in ("install", "call", "find out why", "put something right") if each not in str(wanted)
    ] == []


def without_a_gap(text: str) -> list[str]:
    """Return the first lines of lists and tables that have no empty line above, which only code hosts see as such."""
    begins = re.compile(r"([*-] |1\. |\|)")
    found, fenced, above = [], False, ""
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and begins.match(line) and above.strip() and not begins.match(above) and above[0] != " ":
            found.append(line)
        above = line
    return found


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.stem)
def test_lists_and_tables_have_an_empty_line_above(page: Path):
    assert without_a_gap(page.read_text()) == []


def test_the_search_finds_what_is_on_the_pages(site: Path):
    index = json.loads((site / "search" / "search_index.json").read_text())
    found = {each["location"].partition("#")[0] for each in index["docs"] if "AwaitingApproval" in each["text"]}
    assert "troubleshooting.html" in found


def test_a_link_out_of_the_docs_leads_to_a_file_that_is_there(site: Path):
    host = "https://github.com/flagoperator/flagoperator/blob/main/"
    links = {link for page in pages(site).values() for link in page.links if link.startswith(host)}
    assert links
    assert [link for link in links if not (ROOT / link.removeprefix(host).partition("#")[0]).exists()] == []
