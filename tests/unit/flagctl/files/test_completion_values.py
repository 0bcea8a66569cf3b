from types import SimpleNamespace

from flagctl.files.completion_values import flag_keys, project_names
from tests.unit.flagctl.manifest import flag


def offered(values, incomplete, **line):
    return values(SimpleNamespace(**{"params": {}, "args": [], **line}), None, incomplete)


def test_projects_and_keys_of_the_manifests_on_the_line_are_offered(write):
    path = str(write("f.yaml", [flag("checkout"), flag("chart"), flag("menu", namespace="other")]))
    assert offered(project_names, "", args=[path]) == ["other", "shop"]
    assert offered(flag_keys, "ch", params={"paths": (path,)}) == ["chart", "checkout"]
    assert offered(flag_keys, "", params={"paths": (path,), "project": "other"}) == ["menu"]


def test_nothing_is_offered_where_nothing_can_be_read(tmp_path):
    assert offered(flag_keys, "", args=[str(tmp_path / "gone")]) == []
    assert offered(flag_keys, "", args=["-"]) == []
    assert offered(flag_keys, "") == []
