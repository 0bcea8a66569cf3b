"""The store behind the API server goes away, and comes back as it was or as it was before.

A control plane of its own: it gets broken.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cluster.stage import Stage, flag
from tests.cluster.traffic import Traffic

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.control_plane import ControlPlane
    from tests.wire.process import Process

MANY = [f"f{number}" for number in range(12)]
BLUE = [{"key": "blue"}]
GREEN = [{"key": "green"}]


@pytest.fixture(scope="module")
def plane(own_plane: ControlPlane) -> ControlPlane:
    return own_plane


def back_up(plane: ControlPlane, folder: Path) -> None:
    """Copy what is stored, as a backup would have it."""
    plane.kill("etcd")
    shutil.copytree(plane.folder / "etcd", folder)
    plane.start("etcd")


def restore(plane: ControlPlane, folder: Path) -> None:
    """Put back what was copied: every resourceVersion is what it was then."""
    plane.kill("kube-apiserver")
    plane.kill("etcd")
    shutil.rmtree(plane.folder / "etcd")
    shutil.copytree(folder, plane.folder / "etcd")
    plane.start("etcd")
    plane.start("kube-apiserver")


def said_at(process: Process, words: str) -> str:
    """Return when a process first said so."""
    process.said(words)
    return next(line["time"] for line in process.log if words in line["message"])


@pytest.mark.parametrize("times", [1, pytest.param(5, marks=pytest.mark.long)])
def test_answers_are_right_while_the_store_is_away_and_after(stage: Stage, times: int):
    operator = stage.operator("--relist-interval", "2")
    with Traffic(stage, stage.replicas()) as traffic:
        for _ in range(times):
            traffic.flow(10)
            stage.plane.kill("etcd")
            stage.until(lambda: operator.get("/readyz")[0] == 503)
            stage.plane.start("etcd")
            stage.until(lambda: operator.get("/readyz")[0] == 200 and operator.state()["leading"])
        traffic.flow(10)
    assert operator.get("/healthz")[0] == 200


def test_a_store_put_back_to_an_earlier_state_is_believed(stage: Stage, tmp_path: Path):
    operator = stage.operator("--relist-interval", "2")
    replica = stage.replica("flagd-0")
    stage.apply(flag("changed"), flag("deleted"), flag("kept"), flag("edited"))
    for name in ("changed", "deleted", "kept", "edited"):
        stage.wait(name, Published="True")
    back_up(stage.plane, tmp_path / "copy")
    stage.until(lambda: operator.state()["leading"])
    stage.apply(flag("changed", variants=BLUE), flag("made", variants=BLUE), flag("edited", variants=BLUE))
    stage.delete("Flag", "deleted")
    for name in ("changed", "made", "edited"):
        stage.wait(name, Published="True")
    stage.until(lambda: stage.answer(replica, "deleted")[0] == "")
    told = stage.get("Flag", "edited")["metadata"]["resourceVersion"]
    restore(stage.plane, tmp_path / "copy")
    # The same generation as the one that is no more, and other content.
    edited = flag("edited", variants=GREEN)
    stage.apply(edited)
    # By chance it may have the same resourceVersion as well: then nothing but its content tells them apart.
    if stage.get("Flag", "edited")["metadata"]["resourceVersion"] == told:
        edited["metadata"]["labels"] = {"written": "again"}
        stage.apply(edited)
    served = {"changed": "on", "deleted": "on", "kept": "on", "edited": "green", "made": ""}
    stage.until(
        lambda: {name: stage.variant(replica, name) for name in served} == served,
        lambda: str({name: stage.answer(replica, name) for name in served}),
    )
    for name in ("changed", "deleted", "kept", "edited"):
        stage.wait(name, Published="True")
    stage.apply(flag("changed", variants=GREEN), flag("kept", variants=GREEN))
    for name in ("changed", "kept"):
        stage.wait(name, Published="True")
        assert stage.variant(replica, name) == "green"
    assert operator.get("/healthz")[0] == 200


def test_a_store_put_back_to_when_there_were_few_flags_is_held_first(stage: Stage, tmp_path: Path):
    operator = stage.operator("--relist-interval", "6")
    replica = stage.replica("flagd-0")
    stage.apply(flag("first"))
    stage.wait("first", Published="True")
    back_up(stage.plane, tmp_path / "copy")
    stage.until(lambda: operator.state()["leading"])
    stage.apply(*map(flag, MANY))
    for name in MANY:
        stage.wait(name, Published="True")
    restore(stage.plane, tmp_path / "copy")
    operator.said("12 of 13 flags would go")
    stage.until(lambda: {stage.variant(replica, name) for name in MANY} == {""})
    assert said_at(operator, "12 of 13 flags would go") < said_at(replica, "removed f0")
    assert stage.variant(replica, "first") == "on"
    stage.apply(flag("first", 0))
    stage.wait("first", Published="True")
