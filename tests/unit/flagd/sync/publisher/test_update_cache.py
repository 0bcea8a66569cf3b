from flagd.sync.publisher import update_cache
from flagd.sync.publisher.update_cache import UpdateCache
from tests.unit.flagd.compiler.manifest import compiled, flag

RULESET = compiled(flag("f", evaluationMode="Local"), flag("g")).ruleset


async def test_updates_are_made_once_for_all_who_get_the_same_form():
    cache = UpdateCache(1 << 20)
    whole = await cache.updates(RULESET, "whole")
    assert await cache.updates(RULESET, "whole") is whole
    assert await cache.updates(RULESET, "open") is not whole
    assert await cache.updates(RULESET, frozenset(["web"])) is not whole


async def test_the_form_that_was_not_asked_for_longest_goes(monkeypatch):
    monkeypatch.setattr(update_cache, "MOST_FORMS", 2)
    cache = UpdateCache(1 << 20)
    whole, opened = await cache.updates(RULESET, "whole"), await cache.updates(RULESET, "open")
    await cache.updates(RULESET, "whole")
    await cache.updates(RULESET, frozenset(["web"]))
    assert await cache.updates(RULESET, "whole") is whole
    assert await cache.updates(RULESET, "open") is not opened
