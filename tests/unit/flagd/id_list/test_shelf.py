from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.id_list.shelf import Shelf
from flagd.manifest import FlagCohort
from flagd.ruleset.hashed_ids import HashedIds

if TYPE_CHECKING:
    from pathlib import Path

    from flagd.id_list.id_list import Supply


def cohort(**origin: object) -> FlagCohort:
    spec = {"from": {"source": "any", "path": "ids.txt", **origin}}
    return FlagCohort.model_validate(
        {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "FlagCohort", "metadata": {"name": "beta"}, "spec": spec}
    )


def look(shelf: Shelf, *, confirmed: bool = False, **origin: object) -> Supply:
    resource = cohort(**origin)
    return shelf.supplies([resource], confirmed)[resource.ref]


def write(folder: Path, size: int) -> HashedIds:
    ids = [f"user-{number}" for number in range(size)]
    (folder / "ids.txt").write_text("\n".join(ids))
    return HashedIds.of(ids)


def test_a_list_is_read_again_when_it_changed_and_only_then(tmp_path: Path):
    shelf, waits = Shelf(tmp_path), list[float]()
    shelf.wait = waits.append
    ids = write(tmp_path, 100)
    first = look(shelf)
    assert first.held is not None
    assert first.held.ids == ids
    assert look(shelf) is first
    assert not waits
    ids = write(tmp_path, 101)
    second = look(shelf)
    assert second.held is not None
    assert second.held.ids == ids
    assert waits


def test_a_list_that_is_gone_or_halved_stays_until_somebody_confirms(tmp_path: Path):
    shelf = Shelf(tmp_path, lambda _: None)
    ids = write(tmp_path, 100)
    look(shelf)
    (tmp_path / "ids.txt").unlink()
    gone = look(shelf)
    assert gone.held is not None
    assert (gone.held.ids, "no such file" in gone.fault) == (ids, True)
    ids = write(tmp_path, 10)
    assert "holds 10 ids where it held 100" in look(shelf).fault
    confirmed = look(shelf, confirmed=True)
    assert confirmed.held is not None
    assert (confirmed.held.ids, confirmed.fault) == (ids, "")


def test_another_path_is_another_list(tmp_path: Path):
    shelf = Shelf(tmp_path, lambda _: None)
    write(tmp_path, 100)
    look(shelf)
    (tmp_path / "other").write_text("ann")
    found = look(shelf, path="other")
    assert found.held is not None
    assert (len(found.held.ids), found.fault) == (1, "")
