"""The directory source: a store that follows a folder."""

import logging

import pytest

from flagd.metrics import Metrics
from flagd.sources import directory
from flagd.sources.directory import DirectorySource
from flagd.store import Store
from tests.unit.flagd.sources.folder import flag, read


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(directory, "SETTLE_SECONDS", 0)


async def test_a_refresh_publishes_logs_each_finding_once_and_counts(tmp_path, caplog):
    store, metrics = Store(), Metrics()
    source = DirectorySource(tmp_path, store, metrics)
    (tmp_path / "a.yaml").write_text(flag("a") + flag("bad").replace("variants", "variantz"))
    with caplog.at_level(logging.INFO):
        await source.refresh()
        first = store.snapshots["shop"]
        await source.refresh()
        (tmp_path / "b.yaml").write_text(flag("b"))
        await source.refresh()
    assert list(first.ruleset.flags) == ["a"]
    assert list(store.snapshots["shop"].ruleset.flags) == ["a", "b"]
    assert metrics.reloads == {"changed": 2, "unchanged": 1}
    assert metrics.rejected == {"shop": 1}
    assert caplog.text.count("unknown field") == 1
    assert len(source.diagnostics) >= 1


async def test_a_refresh_without_news_says_that_the_ruleset_is_still_current(tmp_path):
    store = Store()
    source = DirectorySource(tmp_path, store, Metrics())
    (tmp_path / "a.yaml").write_text(flag("a"))
    await source.refresh()
    first = store.snapshots["shop"]
    await source.refresh()
    second = store.snapshots["shop"]
    assert second.as_of >= first.as_of
    assert second.engine is first.engine


async def test_flags_with_a_ramp_are_served_at_their_goals_and_that_is_said_once(tmp_path, caplog):
    store = Store()
    source = DirectorySource(tmp_path, store, Metrics())
    (tmp_path / "a.yaml").write_text(flag("a", more=', allOtherUsers: {percent: 100}, ramp: {plan: "standard"}'))
    await source.refresh()
    (tmp_path / "b.yaml").write_text(flag("b", more=', ramp: {plan: "standard"}'))
    await source.refresh()
    assert store.snapshots["shop"].ruleset.flags["a"]["segments"][0]["variant"] == "on"
    assert caplog.text.count("flags with a ramp are served at their goals") == 1


async def test_an_empty_folder_is_a_ruleset_without_projects(tmp_path):
    store = Store()
    await DirectorySource(tmp_path, store, Metrics()).refresh()
    assert (store.loaded, dict(store.snapshots)) == (True, {})


async def test_what_was_remembered_goes_when_the_folder_is_empty(tmp_path):
    store = Store()
    source = DirectorySource(tmp_path, store, Metrics())
    source.remember(read(flag("a")).snapshots)
    await source.refresh()
    assert dict(store.snapshots) == {}
