"""What people type, and what manifests hold, that no page is made for: each page still answers and says what it is."""

import json

import pytest

from tests.wire.dashboard import Dashboard
from tests.wire.test_dashboard import manifest

GOOD = {"active": True, "variants": [{"key": "on"}], "allOtherUsers": {"percent": 10}}
UNREADABLE = {
    "empty": None,
    "list": ["a"],
    "unknown": {**GOOD, "nonsense": 1},
    "many": {**GOOD, "segments": [{"name": f"s{number}"} for number in range(1001)]},
    "types": {**GOOD, "variants": "x", "segments": {"a": 1}, "allOtherUsers": [1], "bucketing": "x"},
    "stepless": {**GOOD, "ramp": {"steps": []}},
    "weightless": {**GOOD, "allOtherUsers": {"percent": 1, "weights": {"on": 0}}},
}
TURNED = "a\u202eb\u2066c"


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A dashboard of flags that cannot be read, and one whose texts turn what stands beside them."""
    folder = tmp_path_factory.mktemp("odd")
    for name, spec in UNREADABLE.items():
        (folder / f"{name}.yaml").write_text(manifest("Flag", name, spec))
    texts = {"displayName": TURNED, "owner": TURNED, "description": TURNED, "key": TURNED}
    (folder / "turned.yaml").write_text(manifest("Flag", "turned", {**GOOD, **texts}))
    with Dashboard("--manifests", folder) as dashboard:
        yield dashboard


def explained(dashboard, name, user, accept="application/json", **fields):
    page = f"/flags/default/{name}"
    form = {"csrf": dashboard.get(page).csrf, "user": user, **fields}
    return dashboard.post(f"{page}/explain", form, Accept=accept)


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_flag_that_cannot_be_read_is_not_explained_and_says_why_whatever_is_turned(odd, name):
    found = explained(odd, name, '{"user_id": "ann"}', **{"percent-rest": "50"}).data["explained"]
    assert found["verdict"] is None
    assert "spec" in found["error"]


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_half_a_character_is_answered_like_any_other_text(odd, accept):
    reply = explained(odd, "turned", '{"user_id": "\\ud800"}', accept)
    assert reply.status == 200
    if accept == "application/json":
        assert json.loads(reply.body)["explained"]["verdict"]["variant"]


@pytest.mark.parametrize("path", ["/", "/flags", "/flags/default/turned"])
def test_no_text_turns_or_hides_what_stands_beside_it(odd, path):
    page = odd.get(path).body
    shown, _, form = page.partition("<textarea")
    assert not set(TURNED) & set(shown) - set("abc")
    assert path == "/" or "a\\u202eb\\u2066c" in shown
    if form:
        assert TURNED in form  # what is sent back is what the manifest says


@pytest.mark.parametrize("path", ["/", "/flags", "/segments", "/health"])
def test_a_file_that_cannot_be_read_is_told_on_every_list_and_none_says_that_there_is_nothing(tmp_path, path):
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\xff")
    with Dashboard("--manifests", tmp_path) as dashboard:
        page = dashboard.get(path).body
    assert "bad.yaml" in page
    assert "There are no" not in page
