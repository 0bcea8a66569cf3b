"""A ramp is watched, and every verb asked, in a real browser, on a real API server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.cluster.ramping import Ramping, plan, ramped
from tests.cluster.test_dashboard import STEPS
from tests.wire.browser import browsing, window
from tests.wire.dashboard import Dashboard

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.cluster.stage import Stage

WIDE = {"width": 1280, "height": 860}


def test_a_ramp_is_watched_and_each_verb_reaches_the_cluster_from_the_browser(stage: Stage, tmp_path: Path):
    with browsing() as browser:
        ramping = Ramping(stage, tmp_path)
        stage.apply(plan(steps=STEPS), ramped())
        ramping.wait("AwaitingApproval", "5")
        options = ("--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace)
        with Dashboard(*options) as dashboard, window(browser, dashboard.url, viewport=WIDE) as seen:
            page = seen.open(urlsplit(dashboard.link).path)
            page.locator(".tile.awaiting-approval").get_by_role("link", name="checkout").click()
            assert seen.violations() == []
            seen.keep("ramp")
            confirm(page, "Approve", "leaves the step at 5 %")
            ramping.wait("Holding", "25")
            page.locator("#ramp").get_by_text("Holding").first.wait_for()
            confirm(page, "Pause", "nobody joins")
            ramping.wait("Manual", "25")
            page.locator("#ramp").get_by_role("link", name="Resume").wait_for()
            confirm(page, "Resume", "goes on from 25 %")
            ramping.wait("Holding", "25")
            page.locator("#ramp").get_by_role("link", name="Abort").wait_for()
            confirm(page, "Abort", "exactly those admitted before run")
            ramping.wait("Aborted", "0")
            page.locator("#ramp").get_by_text("RolledBack").first.wait_for()
            assert seen.violations() == []
            seen.keep("ramp-rolled-back")
            confirm(page, "Retry", "A new run begins")
            ramping.wait("AwaitingApproval", "5")
            page.locator("#ramp").get_by_role("link", name="Promote").wait_for()
            confirm(page, "Promote", "at once: holds and approvals are skipped")
            ramping.wait("Promoted", "100")
            page.locator("#ramp").get_by_text("Completed").first.wait_for()


def confirm(page: Page, verb: str, effect: str) -> None:
    """Click a verb, read what it does, and confirm it."""
    page.locator("#ramp").get_by_role("link", name=verb, exact=True).click()
    page.get_by_text(effect).wait_for()
    page.get_by_role("button", name=f"{verb} it").click()
    page.wait_for_url("**#ramp")
