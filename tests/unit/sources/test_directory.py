"""The directory source: readings made of files, at the cost of what changed."""

import logging

import pytest

from flagd.manifest import Diagnostic, Location, ResourceRef, Severity
from flagd.manifest.files import SourceFile
from flagd.metrics import Metrics
from flagd.sources import directory
from flagd.sources.directory import DirectorySource, Reading, rejected, take
from flagd.store import Store


def _flag(name, namespace="shop", more=""):
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{active: true, variants: [{{key: "on"}}]{more}}}
---"""


def _take(text, previous=None):
    return take([SourceFile("all.yaml", text.encode())], previous or Reading())


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(directory, "SETTLE_SECONDS", 0)


def test_every_namespace_is_a_project():
    reading = _take(_flag("a") + _flag("b", "other"))
    assert {name: list(one.ruleset.flags) for name, one in reading.snapshots.items()} == {"shop": ["a"], "other": ["b"]}


def test_the_same_files_are_the_same_reading():
    first = _take(_flag("a"))
    assert _take(_flag("a"), first) is first


def test_flags_that_did_not_change_are_not_compiled_again():
    first = _take(_flag("a") + _flag("b"))
    second = _take(_flag("a") + _flag("b", more=", allOtherUsers: {percent: 5}"), first)
    before, after = (one.snapshots["shop"] for one in (first, second))
    assert after.ruleset.flags["a"] is before.ruleset.flags["a"]
    assert after.engine.variant({}, "a") is before.engine.variant({}, "a")
    assert after.revision != before.revision


def test_a_flag_that_does_not_compile_keeps_its_last_good_form_and_is_located():
    first = _take(_flag("a"))
    second = _take(_flag("a", more=", prerequisites: {flags: [{key: none, variants: [x]}]}"), first)
    assert second.snapshots["shop"].revision == first.snapshots["shop"].revision
    [finding] = second.diagnostics
    assert (finding.location.file, finding.resource.name) == ("all.yaml", "a")
    assert rejected(second.diagnostics) == {"shop": 1}


def test_a_namespace_without_resources_is_gone():
    first = _take(_flag("a") + _flag("b", "other"))
    assert list(_take(_flag("a"), first).snapshots) == ["shop"]


def _error(resource=None, file="x.yaml", severity=Severity.ERROR):
    return Diagnostic(severity, "Invalid", "text", resource=resource, location=Location(file))


def test_rejected_counts_resources_once_and_unreadable_files_apart():
    flag = ResourceRef("Flag", "shop", "a")
    findings = [_error(flag), _error(flag), _error(), _error(file="y.yaml"), _error(flag, severity=Severity.WARNING)]
    assert rejected(findings) == {"shop": 1, "": 2}
    assert rejected([]) == {}


async def test_a_refresh_publishes_logs_each_finding_once_and_counts(tmp_path, caplog):
    store, metrics = Store(), Metrics()
    source = DirectorySource(tmp_path, store, metrics)
    (tmp_path / "a.yaml").write_text(_flag("a") + _flag("bad").replace("variants", "variantz"))
    with caplog.at_level(logging.INFO):
        await source.refresh()
        first = store.snapshots["shop"]
        await source.refresh()
        (tmp_path / "b.yaml").write_text(_flag("b"))
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
    (tmp_path / "a.yaml").write_text(_flag("a"))
    await source.refresh()
    first = store.snapshots["shop"]
    await source.refresh()
    second = store.snapshots["shop"]
    assert second.as_of >= first.as_of
    assert second.engine is first.engine


async def test_an_empty_folder_is_a_ruleset_without_projects(tmp_path):
    store = Store()
    await DirectorySource(tmp_path, store, Metrics()).refresh()
    assert (store.loaded, dict(store.snapshots)) == (True, {})


async def test_what_was_remembered_goes_when_the_folder_is_empty(tmp_path):
    store = Store()
    source = DirectorySource(tmp_path, store, Metrics())
    source.remember(_take(_flag("a")).snapshots)
    await source.refresh()
    assert dict(store.snapshots) == {}
