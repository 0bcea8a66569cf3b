import asyncio

from flagd.api import client_rulesets
from flagd.api.client_rulesets import ClientRulesets
from tests.unit.flagd.compiler.manifest import compiled, deployment, flag

ONE = compiled(flag("local", evaluationMode="Local", deployments=["web"]), flag("remote"), deployment("web")).ruleset
OTHER = compiled(flag("local", evaluationMode="Local", active=False), flag("remote")).ruleset
WEB = frozenset(["web"])


async def test_a_form_is_made_once_for_all_who_ask_for_it():
    rulesets = ClientRulesets()
    first, second = await asyncio.gather(*(rulesets.deliver(ONE, WEB) for _ in range(2)))
    assert first is second
    assert await rulesets.deliver(ONE, None) is not first


async def test_a_new_revision_is_made_into_the_same_form():
    rulesets = ClientRulesets()
    before = await rulesets.deliver(ONE, None)
    after = await rulesets.deliver(OTHER, None)
    assert after.revision != before.revision
    assert await rulesets.deliver(OTHER, None) is after


async def test_a_waiter_who_leaves_does_not_take_the_work_along():
    rulesets = ClientRulesets()
    leaving = asyncio.create_task(rulesets.deliver(ONE, None))
    staying = asyncio.create_task(rulesets.deliver(ONE, None))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).project == ONE.project


async def test_a_form_that_is_forgotten_is_made_again():
    rulesets = ClientRulesets()
    before = await rulesets.deliver(ONE, None)
    rulesets.forget(ONE.project, None)
    again = await rulesets.deliver(ONE, None)
    assert again is not before
    assert again.revision == before.revision


async def test_flags_that_are_evaluated_remotely_are_off_or_left_out():
    assert "remote" in (await ClientRulesets().deliver(ONE, None)).flags
    assert "remote" not in (await ClientRulesets(local_only=True).deliver(ONE, None)).flags


async def test_projects_that_come_and_go_leave_nothing_behind(monkeypatch):
    monkeypatch.setattr(client_rulesets, "PLACES", 2)
    rulesets = ClientRulesets()
    kept = await rulesets.deliver(ONE, None)
    for deployments in (frozenset(["pr-1"]), frozenset(["pr-2"]), frozenset(["pr-3"])):
        gone = await rulesets.deliver(ONE, deployments)
        assert await rulesets.deliver(ONE, None) is kept
    assert await rulesets.deliver(ONE, frozenset(["pr-3"])) is gone
    assert len(rulesets._latest) == 2
