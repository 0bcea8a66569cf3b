from __future__ import annotations

import logging

import pytest

from flagd.api.access import Access
from flagd.api.refusals import SECONDS, Refusal, Refusals
from flagd.metrics import Metrics
from flagd.rpc.method import Call
from flagd.rpc.status import RpcError
from flagd.store import Store
from tests.unit.flagd.api.projects import snapshots

FLAG = """
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {name: a, namespace: shop}
spec: {active: true, variants: [{key: "on"}], allOtherUsers: {percent: 1}}
"""
KEY = "flagkey_secret"


def test_many_refusals_are_one_line_a_minute_with_their_number(caplog):
    caplog.set_level(logging.WARNING)
    now = [0.0]
    refusals = Refusals(lambda: now[0])
    for _ in range(1000):
        refusals.note(Refusal.WRONG_KEY, "shop")
    refusals.note(Refusal.NO_KEY, "")
    assert [each.partition(":")[0] for each in caplog.messages] == ["1 call refused", "1 call refused"]
    now[0] = SECONDS
    refusals.note(Refusal.WRONG_KEY, "shop")
    assert caplog.messages[-1].startswith("1000 calls since the last such line refused: ")
    assert caplog.messages[-1].endswith("(project shop)")


@pytest.mark.parametrize("ask", ["view", "views", "admit", "revision"])
@pytest.mark.parametrize("project", ["shop", f"{KEY}\n", ""])
def test_whatever_is_asked_a_refused_key_is_logged_and_not_shown(caplog, ask, project):
    caplog.set_level(logging.WARNING)
    store = Store()
    store.replace(snapshots(FLAG))
    access = Access(store, Metrics(), "required")
    call = Call({"authorization": f"Api-Key {KEY}"})
    asked = {
        "view": lambda: access.view(project, call),
        "views": lambda: access.views(project, call),
        "admit": lambda: access.admit(call),
        "revision": lambda: access.revision(project, "0" * 64),
    }
    with pytest.raises(RpcError):
        asked[ask]()
    assert len(caplog.messages) == 1
    assert "opens nothing" in caplog.text
    assert KEY not in caplog.text
