"""What a preview knows of the lists that cohorts are made from."""

import json

from flagctl.dashboard.preview.known import Known
from flagctl.dashboard.preview.process import previewed
from flagd.manifest import API_VERSION

IN_BETA = [{"op": "in cohort", "values": ["beta"]}]
FLAG = {
    "active": True,
    "variants": [{"key": "on"}],
    "segments": [{"name": "beta", "match": IN_BETA, "rollout": {"percent": 100}}],
}


def resource(kind, name, spec):
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name, "namespace": "shop"}, "spec": spec}


def cohort(path):
    return resource("FlagCohort", "beta", {"from": {"source": "warehouse", "path": path}})


def preview(pasted, fault, folder):
    known = Known([cohort("beta.txt"), resource("Flag", "new", FLAG)], {"FlagCohort shop/beta": fault}, [str(folder)])
    return previewed(json.dumps(pasted), "shop", known)


def test_a_list_that_is_known_already_is_not_read_again(tmp_path):
    found = preview(cohort("beta.txt"), None, tmp_path)
    assert (found["differences"], found["impact"]) == ([], [])


def test_a_list_that_is_not_there_breaks_who_is_made_from_it(tmp_path):
    found = preview(cohort("other.txt"), None, tmp_path)
    assert [each["error"] for each in found["impact"]] == ["it does not compile in the manifest"]
    flag, cohorts = sorted(found["findings"])
    assert flag.startswith("Flag shop/new: spec.segments[0].match[0].values[0]: error: FlagCohort 'beta' has errors")
    assert "no such file" in cohorts


def test_what_is_wrong_already_is_not_told_again(tmp_path):
    assert preview(cohort("beta.txt"), "no such file", tmp_path)["findings"] == []


def test_a_list_that_only_the_manifest_names_is_read(tmp_path):
    (tmp_path / "other.txt").write_text("eve\n")
    found = preview(cohort("other.txt"), None, tmp_path)
    assert [each.get("error", "") for each in found["impact"]] == [""]
    assert found["findings"] == []


def test_a_list_that_was_missing_makes_a_flag_work_that_was_broken(tmp_path):
    (tmp_path / "other.txt").write_text("eve\n")
    found = preview(cohort("other.txt"), "no such file", tmp_path)
    assert [each["error"] for each in found["impact"]] == ["it does not compile in now"]
    assert found["findings"] == []
