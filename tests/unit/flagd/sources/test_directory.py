"""The directory source: a store that follows a folder."""

import logging
import threading

import pytest

from flagd.manifest.reading.files import FoundFile, SourceFile
from flagd.metrics import Metrics
from flagd.sources import directory
from flagd.sources.directory import DirectorySource
from flagd.sources.folder_reader import FolderReader
from flagd.sources.manifests import Manifests
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


async def test_all_that_grows_with_the_folder_is_done_beside_the_event_loop(tmp_path, monkeypatch):
    threads: dict[str, set[str]] = {}
    for owner, name in [
        *((directory, name) for name in ("look_around", "take", "folder_news", "other_findings")),
        *((directory, name) for name in ("readable_again", "broken_refs", "_ramps")),
        (Manifests, "holds"),
        (FolderReader, "read"),
    ]:
        _note_threads(monkeypatch, owner, name, threads)
    source = DirectorySource(tmp_path, Store(), Metrics())
    for text in (flag("a"), flag("a") + flag("b")):
        (tmp_path / "a.yaml").write_text(text)
        await source.refresh()
    assert len(threads) == 9
    assert threading.main_thread().name not in set.union(*threads.values())


def _note_threads(monkeypatch, owner, name, threads):
    work = getattr(owner, name)

    def noted(*arguments):
        threads.setdefault(name, set()).add(threading.current_thread().name)
        return work(*arguments)

    monkeypatch.setattr(owner, name, noted)


async def test_who_confirms_has_every_file_read(tmp_path, monkeypatch):
    read = []
    source = DirectorySource(tmp_path, Store(), Metrics())
    (tmp_path / "a.yaml").write_text(flag("a"))
    monkeypatch.setattr("flagd.manifest.reading.stamps.SETTLED_SECONDS", -1)
    await source.refresh()
    monkeypatch.setattr(FoundFile, "read", lambda found: read.append(found.name) or SourceFile(found.name, b""))
    await source.refresh()
    assert read == []
    await source.confirm()
    assert read[0] == f"{tmp_path}/a.yaml"


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
