"""Snapshots made of manifests, as a source would make them."""

import time

from flagd.compiler import compile_projects
from flagd.manifest import read_text
from flagd.rpc.method import Call
from flagd.snapshot import Snapshot

NOBODY = Call({})


def snapshots(text, previous=None):
    """Return the snapshots of the projects in `text` by name, made on top of `previous`."""
    loaded = read_text(text)
    assert not [one for one in loaded.diagnostics if one.severity == "error"], loaded.diagnostics
    previous = previous or {}
    return {
        name: Snapshot.make(one.ruleset, previous.get(name), time.time())
        for name, one in compile_projects(loaded.resources).items()
    }


def with_key(key):
    return Call({"authorization": f"Api-Key {key}"})
