from dataclasses import replace
from datetime import date

import pytest

from flagctl.dashboard.inventory.item import item_of
from flagctl.dashboard.pages.need import Need, needs_of


def condition(name, status, reason="Why"):
    return {"type": name, "status": status, "reason": reason, "message": "m"}


GOOD = [condition("Ready", "True"), condition("Published", "True")]


@pytest.mark.parametrize(
    ("status", "needs"),
    [
        ({"conditions": GOOD}, ()),
        ({}, ()),
        ({"conditions": [condition("Ready", "False", "UnknownField")]}, (Need.INVALID,)),
        (
            {"conditions": [condition("Ready", "False"), condition("Published", "False")], "servedGeneration": 2},
            (Need.INVALID, Need.LAST_GOOD, Need.UNPUBLISHED),
        ),
        ({"conditions": [condition("Published", "Unknown")]}, (Need.UNPUBLISHED,)),
        ({"conditions": GOOD, "rollout": {"phase": "Progressing", "reason": "AwaitingApproval"}}, (Need.APPROVAL,)),
        ({"conditions": [*GOOD, condition("Balanced", "False")]}, (Need.UNBALANCED,)),
        ({"conditions": [*GOOD, condition("Balanced", "Unknown")]}, ()),
        ({"conditions": GOOD, "rollout": {"phase": "Paused", "reason": "Inconclusive"}}, (Need.INCONCLUSIVE,)),
        ({"conditions": GOOD, "rollout": {"phase": "Paused", "reason": "Manual"}}, (Need.PAUSED,)),
        (
            {
                "conditions": [condition("Ready", "False", "RolledBack"), condition("Published", "True")],
                "rollout": {"phase": "RolledBack", "reason": "GuardFailed"},
            },
            (Need.ROLLED_BACK,),
        ),
    ],
)
def test_a_status_says_what_a_flag_needs(status, needs):
    obj = {"metadata": {"name": "it", "generation": 3}, "spec": {}, "status": status}
    assert needs_of(item_of("Flag", obj), date(2026, 12, 1)) == needs


@pytest.mark.parametrize(("expires", "stale"), [("2026-11-30", True), ("2026-12-01", False), ("soon", False)])
def test_a_flag_is_stale_the_day_after_it_expires(expires, stale):
    obj = {"metadata": {"name": "it"}, "spec": {"expires": expires}}
    assert (Need.STALE in needs_of(item_of("Flag", obj), date(2026, 12, 1))) is stale


def test_errors_of_files_are_a_need():
    item = replace(item_of("Flag", {"metadata": {"name": "it"}, "spec": {}}), faults=("spec: wrong",))
    assert needs_of(item, date(2026, 12, 1)) == (Need.INVALID,)
