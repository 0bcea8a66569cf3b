"""A ramp is watched, and every verb asked, in a real browser, on a real API server."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.cluster.ramping import Ramping, plan, ramped
from tests.cluster.stage import flag
from tests.cluster.test_dashboard import READ, STEPS, grant
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


def test_an_open_page_whose_session_is_over_leads_to_the_page_to_sign_in_and_back(stage: Stage):
    token = grant(stage, "looker", flags=READ)
    stage.apply(flag("checkout", 10))
    path = f"/flags/{stage.namespace}/checkout"
    options = ("--sign-in", "--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace)
    with browsing() as browser, Dashboard(*options) as dashboard, window(browser, dashboard.url, viewport=WIDE) as seen:
        page = seen.open(path)
        sign_in(page, token)
        page.wait_for_url(f"**{path}")
        page.locator("#live-state", has_text="live").wait_for()
        cookie = "; ".join(f"{each['name']}={each['value']}" for each in page.context.cookies())
        ended = dashboard.post("/sign-out", {"csrf": dashboard.get(path, Cookie=cookie).csrf}, Cookie=cookie)
        assert ended.status == 303
        stage.apply(flag("checkout", 20))
        page.wait_for_url("**/sign-in?back=*")
        sign_in(page, token)
        page.wait_for_url(f"**{path}")
        page.get_by_text("20 % of everybody").wait_for()


def sign_in(page: Page, token: str) -> None:
    """Show a token on the page that asks for one."""
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()
