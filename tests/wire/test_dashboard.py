"""`flagctl dashboard --manifests`: pages about files, read by a plain client, and what an attacker is told."""

import json
import socket
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from tests.wire.dashboard import Dashboard
from tests.wire.process import eventually

PAGES = ("/", "/flags", "/flags/default/new-checkout", "/segments", "/cohorts", "/groups", "/deployments", "/plans")
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'{{7*7}}"


@pytest.fixture(scope="module")
def examples():
    with Dashboard("--manifests", "examples") as dashboard:
        eventually(lambda: dashboard.json("/flags")["listing"]["total"] == 16)
        yield dashboard


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_html_and_the_same_as_json(examples, path):
    page = examples.get(path, Accept="text/html")
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")
    assert examples.get(path, Accept="application/json").headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", [*PAGES, "/nothing", "/flags/default/nothing", "/static/dashboard.css", "/healthz"])
def test_every_answer_forbids_frames_scripts_of_others_and_being_read_by_others(examples, path):
    headers = examples.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cross-origin-resource-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert "no-store" in headers["cache-control"] or path.startswith("/static")


def test_a_flag_is_found_by_words_and_the_list_keeps_its_state_in_the_url(examples):
    found = examples.json("/flags?q=checkout&sort=-percent&state=active")["listing"]
    assert [row["key"] for row in found["rows"]] == ["new-checkout"]
    assert examples.json("/flags?sort=-percent")["listing"]["rows"][0]["percent"] == "100"
    assert 'value="checkout"' in examples.get("/flags?q=checkout").body


def test_explain_says_what_flagctl_explain_says_and_what_if(examples):
    page = examples.get("/flags/default/new-checkout")
    fields = {"csrf": page.csrf, "user": '{"user_id": "ann"}', "percent-rest": "50"}
    told = examples.post("/flags/default/new-checkout/explain", fields, Accept="application/json").data["explained"]
    assert told["verdict"]["variant"] == "off"
    assert "would be admitted from 46.173 %" in told["verdict"]["text"]
    assert told["whatIf"]["variant"] == "on"
    joins = {move["turn"]: move["share"] for move in told["moves"]}
    assert joins["joins"] == pytest.approx(0.4)
    assert "would be admitted from 46.173 %" in examples.post("/flags/default/new-checkout/explain", fields).body


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"user": "{"}, "not JSON"),
        ({"user": "[]"}, "a user is a JSON object"),
        ({"user": "{}", "percent-rest": "101"}, "is not a percentage"),
        ({"user": "{}", "percent-rest": "many"}, "is not a percentage"),
        ({"user": '{"user_propertys": {}}'}, "did you mean"),
    ],
)
def test_what_cannot_be_explained_is_said_with_what_would_be_right(examples, fields, wrong):
    csrf = examples.get("/flags/default/new-checkout").csrf
    asked = {"csrf": csrf, **fields}
    reply = examples.post("/flags/default/new-checkout/explain", asked, Accept="application/json")
    assert wrong in reply.data["explained"]["error"]


def test_preview_says_what_a_manifest_would_change_and_who_moves(examples):
    page = examples.get("/flags/default/new-account")
    manifest = examples.json("/flags/default/new-account")["flag"]["yaml"].replace("percent: 50", "percent: 20")
    fields = {"csrf": page.csrf, "manifest": manifest}
    told = examples.post("/flags/default/new-account/preview", fields, Accept="application/json").data["preview"]
    assert told["differences"][0]["changes"] == ["All Other Users 50 % → 20 %"]
    assert told["differences"][0]["feltBy"] == ["default/loyalty", "default/loyalty-tiers"]
    own = next(each for each in told["impact"] if each["flag"] == "new-account")
    assert {"joins", "leaves"} & {move["turn"] for move in own["moves"]} == {"leaves"}
    assert "| `default/new-account` |" in told["markdown"]


def test_a_preview_is_bounded(examples):
    csrf = examples.get("/flags/default/new-account").csrf
    fields = {"csrf": csrf, "manifest": "# " + "x" * (1024 * 1024)}
    told = examples.post("/flags/default/new-account/preview", fields, Accept="application/json").data["preview"]
    assert "1,048,576 bytes" in told["error"]


def test_a_ramp_in_files_is_shown_as_its_plan(tmp_path):
    (tmp_path / "flag.yaml").write_text(flag(ramp={"steps": [{"percent": 5, "hold": "6h"}, {"percent": 100}]}))
    with Dashboard("--manifests", tmp_path) as dashboard:
        found = eventually(lambda: dashboard.json("/flags/default/it").get("flag"))
    assert found["ladder"]["source"] == "plan"
    assert [(rung["percent"], rung["wants"]) for rung in found["ladder"]["rungs"]] == [("5", ["hold 6h"]), ("100", [])]


def test_an_edit_of_a_file_is_told_to_open_pages(tmp_path):
    file = tmp_path / "flag.yaml"
    file.write_text(flag(description="before"))
    with Dashboard("--manifests", tmp_path) as dashboard:
        eventually(lambda: dashboard.json("/flags")["listing"]["total"] == 1)
        place = urlsplit(dashboard.url)
        with socket.create_connection((place.hostname, place.port), 120) as stream:
            stream.sendall(f"GET /events?topic=flag/default/it HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
            lines = stream.makefile("r")
            assert any("event: hello" in line for line in lines)
            file.write_text(flag(description="after"))
            assert any("event: change" in line for line in lines)
        eventually(lambda: dashboard.json("/flags/default/it")["flag"]["description"] == "after")


@pytest.mark.parametrize("topic", ["", "nothing", "flag/a", "flag/a/b/c", "..%2f"])
def test_a_page_about_nothing_is_told_nothing(examples, topic):
    assert examples.get(f"/events?topic={topic}").status == 404


def test_a_broken_flag_is_on_the_page_of_what_needs_somebody(tmp_path):
    (tmp_path / "flag.yaml").write_text(flag(nonsense=1))
    (tmp_path / "text.yaml").write_text("a: [")
    with Dashboard("--manifests", tmp_path) as dashboard:
        eventually(lambda: dashboard.json("/")["flags"] == 1)
        told = dashboard.json("/")
        assert {tile["need"]: tile["count"] for tile in told["tiles"]}["invalid"] == 1
        assert any("text.yaml" in fault for fault in told["faults"])
        page = dashboard.get("/flags/default/it").body
        assert "nonsense" in page
        assert "nothing is known of its rule" in page
        assert "inactive" not in page
        assert 'id="explain"' not in page


def test_no_text_of_a_manifest_becomes_markup(tmp_path):
    """XSS: hostile text in every field of every kind that takes free text, on every page that may show it."""
    (tmp_path / "all.yaml").write_text("\n---\n".join(hostile()))
    with Dashboard("--manifests", tmp_path) as dashboard:
        eventually(lambda: dashboard.json("/flags")["listing"]["total"] == 2)
        search = f"/flags?q={quote(HOSTILE)}&owner={quote(HOSTILE)}&namespace={quote(HOSTILE)}"
        pages = [
            "/",
            "/flags",
            "/segments",
            "/cohorts",
            "/groups",
            "/deployments",
            "/plans",
            "/flags/default/it",
            search,
        ]
        for path in [*pages, f"/{quote(HOSTILE)}", f"/flags/default/{quote(HOSTILE, safe='')}"]:
            body = dashboard.get(path).body
            assert "<script>alert" not in body, path
            assert "<img" not in body, path
            assert "49" not in body.partition("{{7")[2][:10], path
        page = dashboard.get("/flags/default/it")
        for verb, field in (("explain", "user"), ("preview", "manifest")):
            reply = dashboard.post(f"/flags/default/it/{verb}", {"csrf": page.csrf, field: HOSTILE})
            assert "<script>alert" not in reply.body
            assert "<img" not in reply.body


def test_a_spreadsheet_takes_no_cell_for_a_formula(tmp_path):
    (tmp_path / "flag.yaml").write_text(flag(owner="=HYPERLINK(1)"))
    with Dashboard("--manifests", tmp_path) as dashboard:
        eventually(lambda: dashboard.json("/flags")["listing"]["total"] == 1)
        assert "'=HYPERLINK(1)" in dashboard.get("/flags.csv").body


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "a@localhost", "localhost/x", "127.0.0.2"]
)
def test_another_name_that_leads_here_is_not_answered(examples, host):
    """DNS rebinding."""
    port = urlsplit(examples.url).port
    assert examples.get("/flags", Host=f"{host}:{port}").status == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_the_names_of_loopback_are_answered(examples, host):
    assert examples.get("/flags", Host=f"{host}:{urlsplit(examples.url).port}").status == 200


@pytest.mark.parametrize("path", ["/flags", "/events", "/static/dashboard.js"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_other_sites_read_nothing(examples, path, site):
    assert examples.get(path, Sec_Fetch_Site=site, Sec_Fetch_Mode="cors", Sec_Fetch_Dest="empty").status == 403
    assert examples.get(path, Origin="https://evil.example").status == 403


def test_a_link_from_another_site_opens_a_page(examples):
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    assert examples.get("/flags", **headers).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_a_form_of_another_site_is_refused(examples, headers):
    """CSRF."""
    csrf = examples.get("/flags/default/new-checkout").csrf
    fields = {"csrf": csrf, "user": "{}"}
    assert examples.post("/flags/default/new-checkout/explain", fields, **headers).status == 403


@pytest.mark.parametrize("csrf", ["", "x", "ä" * 30])
def test_a_form_without_our_token_is_refused(examples, csrf):
    fields = {"csrf": csrf, "user": "{}"}
    assert examples.post("/flags/default/new-checkout/explain", fields).status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/static/../dashboard.css",
        "/static/..%2f..%2fweb%2fguard.py",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/flags/default/..%2f..%2f..%2fetc%2fpasswd",
        "/flags/../../etc/passwd",
        "//evil.example/flags/default",
        "/flags/default/new-checkout/ramp/approve",
        "/%00",
    ],
)
def test_tricks_with_paths_lead_nowhere(examples, path):
    assert examples.get(path).status in {400, 404}


def test_a_body_that_is_no_form_or_too_large_is_refused(examples):
    path = "/flags/default/new-checkout/explain"
    assert examples.ask("POST", path, json.dumps({}), Content_Type="application/json").status == 415
    assert examples.ask("POST", path, b"user=" + b"x" * (5 * 1024 * 1024)).status == 413
    assert examples.ask("POST", path, b"user=\xff").status == 400
    assert examples.ask("POST", path, "&".join(f"f{n}=1" for n in range(6000))).status == 400
    assert examples.get("/" + "x" * 3000).status == 414


def test_it_ends_in_good_order_while_a_page_is_open(tmp_path):
    (tmp_path / "flag.yaml").write_text(flag())
    dashboard = Dashboard("--manifests", tmp_path)
    place = urlsplit(dashboard.url)
    with socket.create_connection((place.hostname, place.port), 120) as stream:
        stream.sendall(f"GET /events HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
        assert b"200" in stream.recv(100)
        assert dashboard.stop() == 0
    assert dashboard.log == []


def flag(**spec):
    body = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 100}, **spec}
    return manifest("Flag", "it", body)


def manifest(kind, name, spec, **metadata):
    metadata = {"name": name, **metadata}
    return json.dumps({"apiVersion": "flagoperator.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec})


def hostile():
    """Yield a manifest of every kind, with hostile text wherever text may stand."""
    bad = HOSTILE
    match = [{"attribute": "user.country", "op": "is", "values": [bad]}]
    yield manifest(
        "Flag",
        "it",
        {
            "key": bad,
            "displayName": bad,
            "description": bad,
            "owner": bad,
            "active": True,
            "variants": [
                {"key": bad, "name": bad, "description": bad, "value": bad, "payload": {bad: bad}},
                {"key": "b"},
            ],
            "offPayload": bad,
            "metadata": {"note": bad},
            "bucketing": {"salt": bad},
            "segments": [{"name": bad, "match": match, "rollout": {"percent": 50, "weights": {bad: 1, "b": 2}}}],
            "allOtherUsers": {"percent": 10},
            "prerequisites": {"flags": [{"key": "other", "variants": ["on"]}]},
            "ramp": {"steps": [{"percent": 100}]},
        },
        annotations={"flagoperator.dev/source": f"https://x/{bad}", "argocd.argoproj.io/tracking-id": f"{bad}:x"},
        labels={"kustomize.toolkit.fluxcd.io/name": bad},
    )
    yield manifest("Flag", "other", {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 1}})
    yield manifest("FlagSegment", "segment", {"match": match})
    yield manifest("FlagCohort", "cohort", {"members": [bad]})
    slots = [{"name": bad, "percent": 50}, {"name": "slot-2", "percent": 50}]
    yield manifest("FlagGroup", "group", {"type": "MutualExclusion", "slots": slots})
    yield manifest("FlagDeployment", "deployment", {"type": "Client", "keyHashes": [bad]})
    yield manifest("FlagRolloutPlan", "plan", {"steps": [{"percent": bad}, {"percent": 100}]})
    yield manifest("FlagSegment", bad, {"match": match})


@pytest.mark.long
def test_ten_thousand_requests_of_one_client_leave_it_small_and_ready_for_others(examples):
    def resident():
        return int(Path(f"/proc/{examples.pid}/statm").read_text().split()[1]) * 4096

    place = urlsplit(examples.url)
    examples.get("/flags")
    before = resident()
    connection = HTTPConnection(place.hostname, place.port, timeout=120)
    for number in range(10_000):
        connection.request("GET", f"/flags?q={number}", headers={"Cookie": f"flagctl={number}"})
        connection.getresponse().read()
    connection.close()
    assert examples.get("/flags").status == 200
    assert resident() - before < 64 * 1024 * 1024
