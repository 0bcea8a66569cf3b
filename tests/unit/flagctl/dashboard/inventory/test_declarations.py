import json
import random

import pytest

from flagctl.dashboard.inventory import declarations as module
from flagctl.dashboard.inventory.declarations import Declarations
from flagctl.dashboard.inventory.inventory import Inventory
from flagctl.dashboard.inventory.judgement import judged
from flagctl.files.manifests import compiled_from
from flagd.compiler import compile_projects
from flagd.manifest import Severity, load


def resource(kind, name, namespace="shop", **spec):
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "flagoperator.dev/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def flag(name, *needs, variant="on", segments=(), percent=50, **more):
    spec = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": percent}} | more
    if needs:
        spec["prerequisites"] = {"flags": [{"key": key, "variants": [variant]} for key in needs]}
    if segments:
        match = [{"segment": {"in": list(segments)}}]
        spec["segments"] = [{"name": "some", "match": match, "rollout": {"percent": 10}}]
    return resource("Flag", name, **spec)


def segment(name):
    return resource("FlagSegment", name, match=[{"attribute": "user.country", "op": "is", "values": ["CA"]}])


def plan(name, *, default):
    return resource("FlagRolloutPlan", name, default=default, steps=[{"percent": 5, "for": "1h"}])


def write(path, *resources):
    path.write_text("\n---\n".join(map(json.dumps, resources)))


class Followed:
    """A folder, followed; `read` returns what was told."""

    def __init__(self, folder):
        self.folder = folder
        self.declarations = Declarations()
        self.inventory = Inventory()
        self.faults = ()

    def read(self):
        change = self.declarations.take([str(self.folder)])
        if change is not None:
            self.faults = change.faults
            self.inventory.replace(change.items, change.gone.__contains__)
        return change

    @property
    def known(self):
        items = [each for kind in KINDS for each in self.inventory.of_kind(kind)]
        return {str(each.ref): (each.key, each.raw, each.references, each.faults) for each in items}, self.faults


KINDS = ("Flag", "FlagSegment", "FlagRolloutPlan")
CONTENTS = (
    (),
    (flag("a"),),
    (flag("a", key="b"),),
    (flag("a", "b"), flag("b", "c")),
    (flag("b", "a"),),
    (flag("b", variants=[{"key": "other"}]),),
    (flag("c", segments=["known"]),),
    (flag("c", percent=200),),
    (segment("known"), plan("quick", default=True)),
    (plan("slow", default=True), flag("c", "a")),
    (flag("a"), flag("a")),
    ({"kind": "Flag"},),
)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_known_after_any_edits_is_what_a_first_reading_finds(tmp_path, seed):
    chance, followed = random.Random(seed), Followed(tmp_path)
    for _ in range(15):
        path = tmp_path / f"{chance.randrange(4)}.yaml"
        if chance.random() < 0.2:
            path.unlink(missing_ok=True)
        else:
            write(path, *chance.choice(CONTENTS))
        followed.read()
        first = Followed(tmp_path)
        first.read()
        assert followed.known == first.known
        assert {ref: set(faults) for ref, (*_, faults) in followed.known[0].items() if faults} == linted(tmp_path)


def linted(folder):
    """Return what is wrong with each resource in `folder`, read and compiled as a whole."""
    found = {}
    for each in compiled_from(load([folder])).diagnostics:
        if each.severity is Severity.ERROR and each.resource is not None:
            text = f"{each.path}: {each.message}" if each.path else each.message
            found.setdefault(str(each.resource), set()).add(text)
    return found


def test_an_edit_is_read_and_judged_at_the_cost_of_what_it_concerns(tmp_path, monkeypatch):
    for number in range(20):
        write(tmp_path / f"{number}.yaml", flag(f"flag-{number}"), flag(f"child-{number}", f"flag-{number}"))
    followed = Followed(tmp_path)
    followed.read()
    read, compiled = [], []
    monkeypatch.setattr(module, "declaring_file", counted(read, module.declaring_file))
    monkeypatch.setattr(f"{judged.__module__}.compile_projects", counted(compiled, compile_projects))
    write(tmp_path / "7.yaml", flag("flag-7", percent=1), flag("child-7", "flag-7"))
    change = followed.read()
    assert [source.name for source in read] == [str(tmp_path / "7.yaml")]
    assert [sorted(each.ref.name for each in resources) for resources in compiled] == [["child-7", "flag-7"]]
    assert [item.ref.name for item in change.items] == ["flag-7"]


def counted(calls, function):
    def call(given, **more):
        calls.append(given)
        return function(given, **more)

    return call


def test_a_file_that_could_not_be_read_is_read_again_though_it_is_as_it_was(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("flagd.manifest.reading.stamps.SETTLED_SECONDS", -1)
    write(tmp_path / "a.json", flag("a"))
    followed = Followed(tmp_path)
    followed.read()
    write(tmp_path / "a.json", flag("b"))
    with monkeypatch.context() as broken:
        broken.setattr("pathlib.Path.open", refuse)
        followed.read()
    assert followed.faults
    followed.read()
    assert not followed.faults
    assert [each.key for each in followed.inventory.of_kind("Flag")] == ["b"]


def test_files_that_say_the_same_as_before_change_nothing(tmp_path):
    write(tmp_path / "a.yaml", flag("a"))
    followed = Followed(tmp_path)
    assert followed.read() is not None
    write(tmp_path / "a.yaml", flag("a"))
    assert followed.read() is None
