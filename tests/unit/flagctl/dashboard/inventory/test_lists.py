import pytest

from flagctl.dashboard.inventory.lists import Lists
from flagd.manifest import API_VERSION, validate

BETA = {
    "apiVersion": API_VERSION,
    "kind": "FlagCohort",
    "metadata": {"name": "beta"},
    "spec": {"from": {"source": "warehouse", "path": "beta.txt"}},
}


@pytest.fixture
def cohort():
    resource, _ = validate(BETA)
    return resource


@pytest.fixture
def folders(tmp_path):
    found = [tmp_path / "a", tmp_path / "b"]
    for folder in found:
        folder.mkdir()
    return [str(folder) for folder in found]


def supply(lists, folders, cohort):
    [(ref, found)] = lists.supplies(folders, [cohort]).items()
    assert ref == cohort.ref
    return found


def test_a_list_is_taken_from_the_folder_that_has_it_and_kept_when_it_goes(folders, cohort, tmp_path):
    lists = Lists()
    assert supply(lists, folders, cohort).held is None
    file = tmp_path / "b" / "beta.txt"
    file.write_text("ann\n")
    assert "ann" in supply(lists, folders, cohort).held.ids
    file.unlink()
    found = supply(lists, folders, cohort)
    assert "ann" in found.held.ids
    assert "no such file" in found.fault


def test_a_list_lies_beside_the_file_that_is_named(cohort, tmp_path):
    (tmp_path / "beta.yaml").write_text("")
    (tmp_path / "beta.txt").write_text("ann\n")
    assert "ann" in supply(Lists(), [str(tmp_path / "beta.yaml")], cohort).held.ids


def test_standard_input_has_no_lists(cohort):
    assert Lists().supplies(["-"], [cohort]) == {}
