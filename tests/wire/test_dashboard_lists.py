"""Cohorts from lists beside manifests: the dashboard answers for their users as a flagd of the same folder does."""

import json

import pytest

from flagd.v1 import evaluation_pb2
from tests.wire.dashboard import Dashboard
from tests.wire.process import eventually

COHORT = """
apiVersion: flagoperator.dev/v1alpha1
kind: FlagCohort
metadata: {name: beta, namespace: shop}
spec: {from: {source: warehouse, path: PATH}}
"""
FLAG = """
---
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {name: new, namespace: shop}
spec:
  active: true
  variants: [{key: "on"}]
  segments: [{name: beta, match: [{op: in cohort, values: [beta]}], rollout: {percent: 100}}]
"""
USERS = ("ann", "bob", "eve")
PAGE = "/flags/shop/new"


@pytest.fixture(scope="module")
def transport():
    return "grpcio"


@pytest.fixture
def folder(tmp_path):
    """A folder of manifests with a list of two users."""
    found = tmp_path / "flags"
    (found / "lists").mkdir(parents=True)
    (found / "all.yaml").write_text(COHORT.replace("PATH", "lists/beta.txt") + FLAG)
    listed(found, "ann", "bob")
    return found


def listed(folder, *ids):
    """Replace the list at once, as a program that exports it does."""
    new = folder / "lists" / "beta.new"
    new.write_text("\n".join(ids))
    new.replace(folder / "lists" / "beta.txt")


def explained(dashboard, user):
    form = {"csrf": dashboard.get(PAGE).csrf, "user": json.dumps({"user_id": user})}
    return dashboard.post(f"{PAGE}/explain", form, Accept="application/json").data["explained"]


def on_page(dashboard):
    return {user: explained(dashboard, user)["verdict"]["variant"] for user in USERS}


def roster(dashboard):
    [row] = dashboard.json("/cohorts")["rows"]
    return row["list"]


def test_users_of_a_list_get_on_the_page_what_flagd_gives_them_after_every_change_of_it(folder, start, call):
    service = call(start(folder))

    def served():
        users = {user: evaluation_pb2.User(user_id=user) for user in USERS}
        asked = {name: evaluation_pb2.EvaluateRequest(user=user, project="shop") for name, user in users.items()}
        return {name: service.Evaluate(each).variants["new"].key for name, each in asked.items()}

    with Dashboard("--manifests", folder) as dashboard:
        assert on_page(dashboard) == served() == {"ann": "on", "bob": "on", "eve": "off"}
        listed(folder, "bob", "eve")
        eventually(lambda: on_page(dashboard) == served() == {"ann": "off", "bob": "on", "eve": "on"})
        (folder / "lists" / "beta.txt").unlink()
        eventually(lambda: roster(dashboard)["state"] == "stale")
        assert on_page(dashboard) == served() == {"ann": "off", "bob": "on", "eve": "on"}


def test_a_list_shows_its_size_and_age_and_why_a_newer_one_is_not_used(folder):
    with Dashboard("--manifests", folder) as dashboard:
        shown = roster(dashboard)
        assert (shown["state"], shown["ids"], shown["fault"]) == ("current", 2, "")
        assert "2 ids" in dashboard.get("/cohorts").body
        assert shown["asOf"].endswith("Z")
        listed(folder)
        stale = eventually(lambda: (now := roster(dashboard))["state"] == "stale" and now)
        assert stale["ids"] == 2
        assert "holds 0 ids where it held 2" in stale["fault"]
        assert stale["fault"] in dashboard.get("/cohorts").body


def test_a_list_that_is_not_there_breaks_flags_as_in_flagd_until_it_comes(folder):
    (folder / "lists" / "beta.txt").unlink()
    with Dashboard("--manifests", folder) as dashboard:
        assert roster(dashboard)["state"] == "missing"
        assert "FlagCohort 'beta' has errors" in explained(dashboard, "ann")["error"]
        listed(folder, "ann")
        eventually(lambda: roster(dashboard)["state"] == "current")
        assert on_page(dashboard) == {"ann": "on", "bob": "off", "eve": "off"}
