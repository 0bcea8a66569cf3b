"""flagctl dashboard of a real API server: two people with rights of their own, and those who have none."""

from __future__ import annotations

import json
import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from flagd.engine.split import Part, Split
from flagoperator.rollout.ratio import Ratio, Tally
from flagoperator.rollout.ratio_form import written_ratio
from tests.cluster.ramping import Ramping, plan, ramped
from tests.cluster.stage import flag
from tests.cluster.test_chart import kubectl, objects
from tests.wire.dashboard import Dashboard, Reply
from tests.wire.process import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.stage import Stage

RBAC = "rbac.authorization.k8s.io/v1"
STEPS: list[dict[str, Any]] = [{"percent": 5, "approval": True}, {"percent": 25, "hold": "6h"}, {"percent": 100}]
READ = ["get", "list", "watch"]
IN_BETA = [{"op": "in cohort", "values": ["beta"]}]


class Visit:
    """One browser without JavaScript: a session and its cookie."""

    def __init__(self, dashboard: Dashboard, token: str) -> None:
        self.dashboard = dashboard
        self.reply = dashboard.post("/sign-in", {"token": token})
        self.cookie = cookie_of(self.reply)

    def get(self, path: str, **headers: str) -> Reply:
        return self.dashboard.get(path, Cookie=self.cookie, **headers)

    def json(self, path: str) -> Any:
        return self.dashboard.json(path, Cookie=self.cookie)

    def ask(self, path: str, verb: str) -> Reply:
        """Confirm a verb as the page of confirmation has it; with the token of another page where that has no form."""
        page = self.get(path)
        return self.dashboard.post(f"{path}/ramp/{verb}", {"csrf": page.csrf}, Cookie=self.cookie)


def cookie_of(reply: Reply) -> str:
    jar = SimpleCookie(reply.headers.get("set-cookie", ""))
    return "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())


def grant(stage: Stage, account: str, **verbs: list[str]) -> str:
    """Give a ServiceAccount rights by resource in the namespace; return a token of it."""
    token = stage.plane.token(stage.namespace, account, expirationSeconds=3600)
    rules = [{"apiGroups": ["flagoperator.dev"], "resources": [name], "verbs": each} for name, each in verbs.items()]
    metadata = {"name": account, "namespace": stage.namespace}
    subject = {"kind": "ServiceAccount", "name": account, "namespace": stage.namespace}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": account}
    bound = [
        {"apiVersion": RBAC, "kind": "Role", "metadata": metadata, "rules": rules},
        {"apiVersion": RBAC, "kind": "RoleBinding", "metadata": metadata, "roleRef": reference, "subjects": [subject]},
    ]
    done = kubectl(stage.plane, bound, "apply", "--server-side")
    assert done.returncode == 0, done.stderr
    return token


@pytest.fixture
def dashboard(stage: Stage) -> Iterator[Dashboard]:
    options = ("--sign-in", "--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace)
    with Dashboard(*options) as dashboard:
        yield dashboard


@pytest.fixture
def ramping(stage: Stage, tmp_path: Path) -> Ramping:
    return Ramping(stage, tmp_path)


def test_who_may_only_look_sees_and_is_refused_by_the_api_server(ramping: Ramping, dashboard: Dashboard):
    stage = ramping.stage
    looker = Visit(dashboard, grant(stage, "looker", flags=READ, flagrolloutplans=READ))
    author = Visit(dashboard, grant(stage, "author", flags=[*READ, "patch"], flagrolloutplans=READ))
    stage.apply(plan(steps=STEPS), ramped())
    ramping.wait("AwaitingApproval", "5")
    page = f"/flags/{stage.namespace}/checkout"
    seen = eventually(lambda: approvable(looker.json(page)))
    assert seen["verbs"][0]["missing"] == f"you may not patch flags in {stage.namespace}"
    assert "disabled" in looker.get(page).body
    refused = looker.ask(page, "approve")
    assert refused.status == 403
    assert "cannot patch resource" in refused.body
    assert ramping.rollout()["reason"] == "AwaitingApproval"

    shown = eventually(lambda: approvable(author.json(page)))
    assert {verb["name"] for verb in shown["verbs"] if not verb["missing"]} == {"approve", "pause", "promote", "abort"}
    assert "leaves the step at 5 %" in author.get(f"{page}/ramp/approve").body
    assert author.ask(page, "approve").status == 303
    ramping.wait("Holding", "25")
    assert "0 %: exactly those admitted before run" in eventually_body(author, f"{page}/ramp/abort", "25 %")
    assert author.ask(page, "abort").status == 303
    ramping.wait("Aborted", "0")
    eventually(
        lambda: [row["reason"] for row in author.json(f"{page}")["flag"]["ladder"]["history"]][:1] == ["Aborted"]
    )
    assert author.json("/")["tiles"][1]["count"] == 1
    assert author.get("/health").status == 200
    assert "docs/troubleshooting.md#:~:text=Aborted" in author.get(page).body


def approvable(page: Any) -> Any:
    return page if page.get("verbs") and page["verbs"][0]["name"] == "approve" else None


def eventually_body(visit: Visit, path: str, text: str) -> str:
    found: str = eventually(lambda: (body := visit.get(path).body) and text in body and body)
    return found


def test_under_the_policy_one_may_approve_and_not_abort(ramping: Ramping):
    stage = ramping.stage
    policy = [each for each in objects(rolloutVerbs__enabled="true") if "ValidatingAdmissionPolicy" in each["kind"]]
    token = grant(stage, "approver", flags=[*READ, "patch", "approve"], flagrolloutplans=READ)
    options = ("--sign-in", "--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace, "--rollout-verbs")
    assert kubectl(stage.plane, policy, "apply", "--server-side").returncode == 0
    try:
        stage.apply(plan(steps=STEPS), ramped())
        ramping.wait("AwaitingApproval", "5")
        with Dashboard(*options) as dashboard:
            approver = Visit(dashboard, token)
            page = f"/flags/{stage.namespace}/checkout"
            shown = eventually(lambda: approvable(approver.json(page)))
            missing = {verb["name"]: verb["missing"] for verb in shown["verbs"]}
            assert (missing["approve"], missing["abort"]) == ("", f"you may not abort flags in {stage.namespace}")
            refused = eventually(lambda: (reply := approver.ask(page, "pause")).status == 422 and reply)
            assert "may not pause" in refused.body
            assert approver.ask(page, "approve").status == 303
            ramping.wait("Holding", "25")
    finally:
        kubectl(stage.plane, policy, "delete")


def test_a_change_in_the_cluster_is_seen_and_nothing_of_what_is_not_allowed(stage: Stage, dashboard: Dashboard):
    token = grant(stage, "looker", flags=READ)
    looker = Visit(dashboard, token)
    stage.apply(flag("checkout", 10))
    page = f"/flags/{stage.namespace}/checkout"
    assert eventually(lambda: looker.get(page).status == 200)
    stage.apply(flag("checkout", 20))
    eventually(lambda: looker.json(page)["flag"]["allocations"][-1]["goal"] == "20")
    stage.apply(
        {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "FlagCohort", "metadata": {"name": "beta"}, "spec": {}}
    )
    every = Visit(dashboard, grant(stage, "every", flags=READ, flagcohorts=READ))
    eventually(lambda: [row["name"] for row in every.json("/cohorts")["rows"]] == ["beta"])
    assert looker.json("/cohorts")["rows"] == []
    stage.delete("Flag", "checkout")
    eventually(lambda: looker.get(page).status == 404)


def test_how_the_users_of_a_run_are_divided_is_drawn_on_the_page_of_the_flag_and_in_the_list(
    stage: Stage, dashboard: Dashboard
):
    parts = (Part("control", "off", 3), Part("treated", "on", 1))
    tally = Tally(Split("All Other Users", ("context", "user", "user_id"), "checkout", parts), (500, 500))
    ratio = Ratio().after((tally,))
    told = {"id": "1", "ratio": written_ratio(ratio)}
    looker = Visit(dashboard, grant(stage, "looker", flags=READ))
    stage.apply(flag("checkout", 25))
    condition = {"type": "Balanced", "status": "False", "reason": "SampleRatioMismatch", "message": "500 of 1000"}
    reported(stage, "flag/checkout", {"rollout": {"phase": "Progressing", "run": told}, "conditions": [condition]})
    page = f"/flags/{stage.namespace}/checkout"
    shown = eventually(lambda: (ladder := looker.json(page)["flag"]["ladder"]) and ladder["divisions"] and ladder)
    [division] = shown["divisions"]
    assert (shown["balanced"], shown["balance"]) == ("False", "500 of 1000")
    assert (division["mismatched"], division["users"]) == (True, 1000)
    assert [(each["variant"], each["seen"], each["expected"]) for each in division["shares"]] == [
        ("off", 50, 75),
        ("on", 50, 25),
    ]
    assert "50.0 %, expected 75.0 %" in looker.get(page).body
    [row] = looker.json("/flags?need=unbalanced")["listing"]["rows"]
    assert (row["key"], row["balanced"]) == ("checkout", "False")
    assert "Unbalanced" in looker.get("/flags").body


def test_the_list_of_a_cohort_is_shown_as_the_operator_tells_it_and_explain_says_who_is_on_it_is_not_known(
    stage: Stage, dashboard: Dashboard
):
    looker = Visit(dashboard, grant(stage, "looker", flags=READ, flagcohorts=READ))
    stage.apply(
        {
            "apiVersion": "flagoperator.dev/v1alpha1",
            "kind": "FlagCohort",
            "metadata": {"name": "beta"},
            "spec": {"from": {"source": "warehouse", "path": "beta.txt"}},
        },
        flag("checkout", 0, segments=[{"name": "beta", "match": IN_BETA, "rollout": {"percent": 100}}]),
    )
    held = {"ids": 1234567, "asOf": "2026-01-01T00:00:00Z"}
    stale = {"type": "ListCurrent", "status": "False", "reason": "ListStale", "message": "the server is away"}
    reported(stage, "fco/beta", {"list": held, "conditions": [stale]})
    eventually(lambda: [row["list"]["state"] for row in looker.json("/cohorts")["rows"]] == ["stale"])
    body = looker.get("/cohorts").body
    assert all(text in body for text in ("1,234,567 ids", "as of", "list is stale", "the server is away"))
    page = f"/flags/{stage.namespace}/checkout"
    csrf = eventually(lambda: (reply := looker.get(page)).status == 200 and reply.csrf)
    for user, variant in (('{"user_id": "a"}', "off"), ('{"user_id": "a", "cohort_ids": ["beta"]}', "on")):
        form = {"csrf": csrf, "user": user}
        headers = {"Cookie": looker.cookie, "Accept": "application/json"}
        found = dashboard.post(f"{page}/explain", form, **headers).data["explained"]
        assert found["verdict"]["variant"] == variant
        assert "list of the cohort beta is not known here" in found["notes"][0]


def reported(stage: Stage, name: str, status: dict[str, Any]) -> None:
    """Write the status of a resource, as an operator does."""
    conditions = [{"lastTransitionTime": "2026-01-01T00:00:00Z", **each} for each in status["conditions"]]
    status = {**status, "conditions": conditions}
    stage.kubectl("patch", name, "--subresource=status", "--type=merge", "--patch", json.dumps({"status": status}))


def test_who_may_see_nothing_is_told_which_right_is_missing(stage: Stage, dashboard: Dashboard):
    stranger = Visit(dashboard, stage.plane.token(stage.namespace, "stranger"))
    page = stranger.get("/flags")
    assert page.status == 403
    assert f"may not list and watch flags in {stage.namespace}" in page.body


@pytest.mark.parametrize("token", ["", "x", "a b", "ä", "x\r\nImpersonate-User: admin", "x" * 20_000])
def test_what_is_not_a_token_opens_nothing(dashboard: Dashboard, token: str):
    reply = dashboard.post("/sign-in", {"token": token})
    assert reply.status == 401
    assert "set-cookie" not in reply.headers


def test_a_token_of_another_audience_opens_nothing_and_a_bearer_of_the_right_one_everything(
    stage: Stage, dashboard: Dashboard
):
    good = grant(stage, "looker", flags=READ)
    other = stage.plane.token(stage.namespace, "looker", audiences=["somebody-else"])
    assert "for another audience" in dashboard.post("/sign-in", {"token": other}).body
    assert dashboard.get("/flags", Authorization=f"Bearer {other}", Accept="application/json").status == 401
    reply = dashboard.get("/flags", Authorization=f"Bearer {good}", Accept="application/json")
    assert reply.status == 200
    assert good not in reply.body


def test_sessions_cannot_be_chosen_guessed_or_used_after_the_end(stage: Stage, dashboard: Dashboard):
    token = grant(stage, "looker", flags=READ)
    fixed = dashboard.post("/sign-in", {"token": token}, Cookie="flagctl=chosen")
    assert cookie_of(fixed) not in ("", "flagctl=chosen")
    assert dashboard.get("/flags", Cookie="flagctl=chosen").status == 303
    assert {"HttpOnly", "SameSite=strict"} <= set(fixed.headers["set-cookie"].split("; "))
    looker = Visit(dashboard, token)
    page = looker.get("/flags")
    assert dashboard.post("/sign-out", {"csrf": "x"}, Cookie=looker.cookie).status == 403
    assert dashboard.post("/sign-out", {"csrf": page.csrf}, Cookie=looker.cookie).status == 303
    assert looker.get("/flags").status == 303
    assert token not in page.body + "".join(dashboard.log)


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\r\nx"]
)
def test_signing_in_leads_to_pages_of_ours_only(stage: Stage, dashboard: Dashboard, back: str):
    token = grant(stage, "looker", flags=READ)
    assert dashboard.post("/sign-in", {"token": token, "back": back}).headers["location"] == "/"


def test_on_localhost_it_acts_as_the_user_for_who_has_the_link_once(stage: Stage):
    stage.apply(flag("checkout", 10))
    with Dashboard("--kubeconfig", stage.plane.admin, "--namespaces", stage.namespace) as dashboard:
        assert dashboard.get("/flags").status == 303
        assert dashboard.get("/enter/guess").status == 403
        path = urlsplit(dashboard.link).path
        entered = dashboard.get(path)
        cookie = cookie_of(entered)
        assert (entered.status, entered.headers["location"]) == (303, "/")
        found = eventually(lambda: dashboard.json("/flags", Cookie=cookie)["listing"]["rows"])
        assert [row["key"] for row in found] == ["checkout"]
        assert dashboard.get(path).status == 403


def test_it_does_not_act_as_its_user_beyond_this_machine(stage: Stage):
    with pytest.raises(AssertionError, match="it acts as you"):
        Dashboard("--kubeconfig", stage.plane.admin, "--listen", "0.0.0.0:0")


def test_a_link_from_elsewhere_finds_its_session_again(stage: Stage, dashboard: Dashboard):
    headers = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
    page = dashboard.get("/flags?q=a", **headers)
    assert page.status == 200
    assert re.search(r'http-equiv="refresh" content="0"', page.body)
    assert stage.namespace not in page.body
