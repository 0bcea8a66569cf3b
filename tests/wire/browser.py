"""A real browser: chromium of the machine, or of the Debian packages, which are unpacked and not installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.cached import cached, home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

PACKAGES = ("chromium", "fonts-liberation")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
SECONDS = 60
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/usr/share/fonts</dir><cachedir>{folder}/var/cache/fontconfig</cachedir>
<alias><family>sans-serif</family><prefer><family>Liberation Sans</family></prefer></alias>
<alias><family>system-ui</family><prefer><family>Liberation Sans</family></prefer></alias>
<alias><family>monospace</family><prefer><family>Liberation Mono</family></prefer></alias></fontconfig>
"""


class BrowserUnavailableError(Exception):
    """There is no browser. The message says why."""


@cache
def chromium() -> tuple[str, dict[str, str]]:
    """Return the program and the environment to run it in. Raises BrowserUnavailableError."""
    if found := shutil.which("chromium"):
        return found, dict(os.environ)
    if shutil.which("apt-get") is None:
        raise BrowserUnavailableError("neither chromium on PATH nor apt-get to download it with")
    try:
        folder = cached("debian-chromium", _unpack)
    except subprocess.CalledProcessError as error:
        raise BrowserUnavailableError(f"chromium cannot be had: {error.stderr.strip()[-200:]}") from None
    libraries = sorted({str(each.parent) for each in (folder / "usr/lib").rglob("*.so*")})
    fonts = home() / "debian-chromium.fonts.conf"
    fonts.write_text(FONTS.format(folder=folder))
    environment = {**os.environ, "LD_LIBRARY_PATH": ":".join(libraries), "FONTCONFIG_FILE": str(fonts)}
    return str(folder / "usr/lib/chromium/chromium"), environment


def _unpack(folder: Path) -> None:
    words = ("apt-get", "install", "--simulate", "--no-install-recommends", *PACKAGES)
    plan = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    packages = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    subprocess.run(["apt-get", "download", *packages], cwd=folder, check=True, capture_output=True, text=True)
    for archive in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "--extract", archive, folder], check=True, capture_output=True, text=True)
        archive.unlink()


@contextmanager
def browsing() -> Iterator[Browser]:
    """Give a browser; skip where there is none. Playwright's event loop is gone at the end: other tests have theirs."""
    try:
        program, environment = chromium()
    except BrowserUnavailableError as error:
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"], env=dict(environment))
        try:
            yield browser
        finally:
            browser.close()


class Window:
    """One window, and what its console complained of: errors of scripts, and what the policy of the pages forbade."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        context.set_default_timeout(SECONDS * 1000)
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self._url = url
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)

    def open(self, path: str) -> Page:
        """Open a page."""
        self.page.goto(self._url + path)
        return self.page

    def violations(self) -> list[str]:
        """Return what axe finds wrong with the page, a line for each rule and element, and what is misplaced in it."""
        found: Any = Axe().run(self.page).response["violations"]
        # A paragraph ends where a form or a list begins; its end tag then makes an empty one.
        misplaced = self.page.locator("p:empty").count()
        told = [f"{each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"]]
        return told + [f"{misplaced} paragraphs end early"] * (misplaced > 0)

    def keep(self, name: str) -> None:
        """Write a screenshot of the whole page."""
        self.page.evaluate("scrollTo(0, 0)")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


@contextmanager
def window(browser: Browser, url: str, **how: Any) -> Iterator[Window]:
    """Give a window with its own cookies, that complained of nothing at the end."""
    context = browser.new_context(**how)
    try:
        opened = Window(context, url)
        yield opened
        assert opened.complaints == []
    finally:
        context.close()
