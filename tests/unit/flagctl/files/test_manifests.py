import click
import pytest

from flagctl.failure import Refused, Unreachable
from flagctl.files.manifests import read
from tests.unit.flagctl.manifest import flag


def test_the_only_project_is_meant_and_of_several_one_must_be_named(write):
    one = read([str(write("one.yaml", flag("f")))])
    two = read([str(write("two.yaml", [flag("f"), flag("f", namespace="other")]))])
    assert one.project(None) is one.projects["shop"]
    with pytest.raises(click.UsageError, match=r"--project other \| shop"):
        two.project(None)
    with pytest.raises(Refused, match='did you mean "shop"'):
        two.project("shopp")


def test_the_errors_of_a_flag_are_found_by_its_name_and_by_its_key(write):
    broken = flag("f", key="Checkout", prerequisites={"flags": [{"key": "gone", "variants": ["on"]}]})
    manifests = read([str(write("f.yaml", [broken, flag("g")]))])
    assert [each.reason for each in manifests.errors_of("Checkout", "shop")] == ["ReferenceMissing"]
    assert [each.reason for each in manifests.errors_of("f", "shop")] == ["ReferenceMissing"]
    assert manifests.errors_of("g", "shop") == []
    assert manifests.errors("elsewhere") == []


def test_what_a_flag_compiles_to_is_known_unless_it_is_broken(write):
    manifests = read([str(write("f.yaml", [flag("f"), flag("g", memberOf=[{"group": "gone"}])]))])
    compiled = {each.key: manifests.compiled(each) for each in manifests.resources}
    assert compiled["f"]["key"] == "f"
    assert compiled["g"] is None


def test_a_path_that_is_not_there_has_a_neighbour(write, tmp_path):
    write("flags.yaml", flag("f"))
    with pytest.raises(Unreachable, match=r"did you mean .*flags\.yaml"):
        read([str(tmp_path / "flag.yaml")])


def test_a_folder_without_manifests_is_refused(tmp_path):
    with pytest.raises(Refused, match="no manifests in"):
        read([str(tmp_path)])
