"""The dashboard in a real browser: every page, light and dark, narrow, by keyboard alone, and without JavaScript."""

import json

import pytest

from tests.wire.browser import browsing, window
from tests.wire.dashboard import Dashboard
from tests.wire.test_dashboard import PAGES, flag, manifest

NARROW = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 860}
RAMP = {"steps": [{"percent": 1, "hold": "1h"}, {"percent": 25, "hold": "6h", "approval": True}, {"percent": 100}]}


@pytest.fixture(scope="module")
def browser():
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def site():
    with Dashboard("--manifests", "examples") as dashboard:
        yield dashboard


def named(path):
    return path.strip("/").replace("/", "-") or "now"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_within_its_policy(browser, site, scheme):
    with window(browser, site.url, color_scheme=scheme, viewport=WIDE) as seen:
        for path in (*PAGES, "/health", "/flags?q=nothing-like-this"):
            seen.open(path)
            assert seen.violations() == [], path
            seen.keep(f"{named(path.partition('?')[0])}{'-empty' if '?' in path else ''}-{scheme}")


def test_a_page_that_is_not_there_is_accessible(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/flags/default/nothing")
    assert page.get_by_role("heading", name="Not found").is_visible()
    context.close()


def test_a_narrow_screen_scrolls_down_only(browser, site):
    with window(browser, site.url, viewport=NARROW) as seen:
        for path in PAGES:
            page = seen.open(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], path
        assert seen.violations() == []
        seen.open("/flags/default/new-checkout")
        seen.keep("flag-narrow")


def test_without_javascript_everything_is_read_and_asked(browser, site):
    with window(browser, site.url, java_script_enabled=False) as seen:
        page = seen.open("/flags")
        page.get_by_label("Search", exact=True).fill("checkout")
        page.get_by_role("button", name="Filter").click()
        assert "q=checkout" in page.url
        page.get_by_role("link", name="new-checkout").click()
        page.get_by_label("percent", exact=True).fill("50")
        page.get_by_role("button", name="Explain").click()
        page.locator("#explained pre", has_text="would be admitted from 46.173 %").wait_for()
        page.locator("#explained").get_by_text("joins").wait_for()
        page.get_by_role("button", name="Preview").click()
        page.locator("#previewed").get_by_text("Nothing differs.").wait_for()


def test_the_percent_is_dragged_and_who_would_move_is_said(browser, site):
    with window(browser, site.url, viewport=WIDE) as seen:
        page = seen.open("/flags/default/new-checkout")
        slider = page.get_by_label("percent, slider")
        slider.fill("60")
        assert page.get_by_label("percent", exact=True).input_value() == "60"
        page.locator("#explained").get_by_text("joins").wait_for()
        assert page.locator("#explained .verdict").nth(1).get_by_text("on", exact=True).is_visible()
        assert seen.violations() == []
        seen.keep("explain")


def test_by_keyboard_alone_a_flag_is_found_and_explained(browser, site):
    with window(browser, site.url) as seen:
        page = seen.open("/")
        page.keyboard.press("/")
        page.keyboard.type("new-checkout")
        page.keyboard.press("Enter")
        page.wait_for_url("**/flags?q=new-checkout")
        tab_to(page, "a[href='/flags/default/new-checkout']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/flags/default/new-checkout")
        tab_to(page, "form.explain button")
        page.keyboard.press("Enter")
        page.locator("#explained .verdict").wait_for()


def tab_to(page, selector):
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_a_page_follows_the_files_and_a_list_follows_what_is_typed(browser, tmp_path):
    file = tmp_path / "flag.yaml"
    file.write_text(flag(description="before", ramp=RAMP))
    with Dashboard("--manifests", tmp_path) as dashboard, window(browser, dashboard.url, viewport=WIDE) as seen:
        page = seen.open("/flags/default/it")
        page.locator("#live-state", has_text="live").wait_for()
        page.get_by_label("User, as JSON").fill('{"user_id": "typed"}')
        file.write_text(flag(description="after", ramp=RAMP))
        page.get_by_text("after").first.wait_for()
        assert page.get_by_label("User, as JSON").input_value() == '{"user_id": "typed"}'
        assert page.locator("svg.stairs").is_visible()
        assert page.locator("time.local", has_text="UTC").filter(has_text="your time").count() == len(RAMP["steps"])
        assert seen.violations() == []
        seen.keep("ramp-of-files")
        page = seen.open("/flags")
        page.get_by_label("Search", exact=True).press_sequentially("nothing")
        page.get_by_role("heading", name="No flag matches").wait_for()
        assert "q=nothing" in page.url


def test_what_is_wrong_is_seen_at_once(browser, tmp_path):
    (tmp_path / "bad.yaml").write_text(flag(nonsense=1))
    (tmp_path / "old.yaml").write_text(old())
    with Dashboard("--manifests", tmp_path) as dashboard, window(browser, dashboard.url, viewport=WIDE) as seen:
        for path in ("/", "/flags", "/flags/default/it"):
            seen.open(path)
            assert seen.violations() == [], path
        assert seen.page.get_by_text("nonsense").first.is_visible()
        seen.open("/")
        seen.keep("now-needs")


def old():
    spec = {"variants": [{"key": "a"}, {"key": "b"}], "expires": "2020-01-01"}
    return json.dumps(json.loads(manifest("Flag", "old", spec)))


def test_what_changed_between_a_page_and_its_stream_is_shown(browser, tmp_path):
    file = tmp_path / "flag.yaml"
    file.write_text(flag(description="before"))
    with Dashboard("--manifests", tmp_path) as dashboard, window(browser, dashboard.url) as seen:
        held = []
        seen.page.route("**/events?*", lambda route: held.append(route))
        page = seen.open("/flags/default/it")
        file.write_text(flag(description="after"))
        while dashboard.json("/flags/default/it")["flag"]["description"] != "after":
            page.wait_for_timeout(50)
        while not held:
            page.wait_for_timeout(50)
        held[0].continue_()
        page.get_by_text("after").first.wait_for()


@pytest.mark.parametrize("body", ["", "<main id=main><h1>The API server is away</h1></main>"])
def test_what_is_shown_stays_while_a_page_cannot_be_had_and_is_followed_again_after(browser, tmp_path, body):
    file = tmp_path / "flag.yaml"
    file.write_text(flag(description="before"))
    with Dashboard("--manifests", tmp_path) as dashboard, window(browser, dashboard.url) as seen:
        page = seen.open("/flags/default/it")
        page.locator("#live-state", has_text="live").wait_for()
        away = {"status": 502, "body": body, "content_type": "text/html"}
        page.route("**/flags/default/it", lambda route: route.fulfill(**away))
        file.write_text(flag(description="after"))
        page.locator("#live-state", has_text="not up to date").wait_for()
        assert page.get_by_text("before").first.is_visible()
        page.unroute("**/flags/default/it")
        page.get_by_text("after").first.wait_for()
        page.locator("#live-state", has_text="live").wait_for()
        seen.complaints = [each for each in seen.complaints if "502" not in each]


def test_a_page_listens_again_after_an_answer_that_was_no_stream(browser, tmp_path):
    file = tmp_path / "flag.yaml"
    file.write_text(flag(description="before"))
    with Dashboard("--manifests", tmp_path) as dashboard, window(browser, dashboard.url) as seen:
        seen.page.route("**/events?*", lambda route: route.fulfill(status=503, body="Too many pages are open."))
        page = seen.open("/flags/default/it")
        page.locator("#live-state", has_text="not connected").wait_for()
        page.unroute("**/events?*")
        page.locator("#live-state", has_text="live").wait_for()
        file.write_text(flag(description="after"))
        page.get_by_text("after").first.wait_for()
        seen.complaints = [each for each in seen.complaints if "503" not in each and "EventSource" not in each]


def test_the_page_of_a_flag_that_goes_says_so(browser, tmp_path):
    file = tmp_path / "flag.yaml"
    file.write_text(flag())
    (tmp_path / "other.yaml").write_text(old())
    with Dashboard("--manifests", tmp_path) as dashboard, window(browser, dashboard.url) as seen:
        page = seen.open("/flags/default/it")
        page.locator("#live-state", has_text="live").wait_for()
        file.unlink()
        page.get_by_role("heading", name="Not found").wait_for()
        seen.complaints = [each for each in seen.complaints if "404" not in each]
