"""docs/operations.md has a section for each alert, and each alert links to one that is there."""

from __future__ import annotations

import re

import pytest
import yaml

from flagd.cli import main as flagd
from flagoperator.cli import main as flagoperator
from tests.docs.page import ROOT

DOCS = ROOT / "docs"
PAGE = (DOCS / "operations.md").read_text()
GROUPS = yaml.safe_load((ROOT / "charts" / "flagoperator" / "files" / "alerts.yaml").read_text())["groups"]
ALERTS = {rule["alert"]: rule["annotations"] for group in GROUPS for rule in group["rules"]}


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page, as code hosts make them."""
    titles = re.findall(r"^##+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_links_to_a_section_that_is_there(alert: str):
    _, _, path = ALERTS[alert]["runbook_url"].partition("/docs/")
    page, _, anchor = path.partition("#")
    assert anchor in anchors((DOCS / page).read_text())


def test_every_alert_has_a_row_and_no_row_is_of_another():
    rows = PAGE.partition("\n## Alerts\n")[2]
    assert set(re.findall(r"`(Flag\w+)`", rows)) == set(ALERTS)


def test_the_sections_of_the_first_table_are_there():
    linked = re.findall(r"^\| .* \| \[.*\]\(#(.+)\) \|$", PAGE, re.MULTILINE)
    assert len(linked) >= 6
    assert set(linked) <= anchors(PAGE)


def options() -> set[str]:
    """Return the options of the programs that the chart starts, without those that flagctl has too."""
    commands = [command for group in (flagd, flagoperator) for command in group.commands.values()]
    found = {each for command in commands for option in command.params for each in option.opts if each.startswith("--")}
    return found - {"--context", "--kubeconfig", "--namespaces", "--output"}


@pytest.mark.parametrize("page", ["operations.md", "troubleshooting.md"])
def test_advice_that_names_an_option_says_what_users_of_the_chart_do(page: str):
    templates = "".join(path.read_text() for path in (ROOT / "charts/flagoperator/templates").rglob("*.yaml"))
    lines = [line for line in (DOCS / page).read_text().splitlines() if "chart" not in line]
    named = {option for line in lines for option in re.findall(r"`(--[\w-]+)", line)} & options()
    assert {option for option in named if option not in templates} == set()
