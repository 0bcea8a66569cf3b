"""Loss: which files of a folder are not believed to be deleted."""

import pytest

from flagd.sources.loss import identities, lost_files

OLD, NEW = (1, 1), (1, 2)
TWO = {"d/a.yaml": {"a"}, "d/b.yaml": {"b"}}
DEEP = {"d/m/x/a.yaml": {"a"}, "d/m/b.yaml": {"b"}, "d/c.yaml": {"c"}}


@pytest.mark.parametrize(
    ("before", "now", "then", "present", "declared", "lost"),
    [
        ({"d/a.yaml": {"a"}}, [], {"d": OLD}, {"d": OLD}, [], set()),
        (TWO, ["d/a.yaml"], {"d": OLD}, {"d": OLD}, ["a"], set()),
        (TWO, [], {"d": OLD}, {"d": OLD}, [], set(TWO)),
        ({"d/a.yaml": {"a"}}, [], {"d": OLD}, {"d": NEW}, [], {"d/a.yaml"}),
        ({"d/a.yaml": {"a"}}, ["d/z.yaml"], {"d": OLD}, {"d": NEW}, ["z"], {"d/a.yaml"}),
        ({"d/a.yaml": {"a"}}, ["d/z.yaml"], {"d": OLD}, {"d": OLD}, ["z"], set()),
        (TWO, ["d/a.yaml"], {"d": OLD}, {"d": NEW}, ["a"], set()),
        (TWO, ["d/all.yaml"], {"d": OLD}, {"d": NEW}, ["a", "b"], set()),
        (
            DEEP,
            ["d/c.yaml"],
            {"d": OLD, "d/m": OLD, "d/m/x": OLD},
            {"d": OLD, "d/m": NEW},
            ["c"],
            {*DEEP} - {"d/c.yaml"},
        ),
        (DEEP, ["d/c.yaml"], {"d": OLD, "d/m": OLD, "d/m/x": OLD}, {"d": OLD}, ["c"], set()),
        (
            DEEP,
            ["d/c.yaml", "d/m/b.yaml"],
            {"d": OLD, "d/m/x": OLD},
            {"d": OLD, "d/m/x": NEW},
            ["b", "c"],
            {"d/m/x/a.yaml"},
        ),
        (TWO, ["d"], {"d": OLD}, {"d": OLD}, [], set()),
    ],
    ids=[
        *("the last one", "one of two", "all of several", "another directory, empty", "another one with other content"),
        *("renamed", "another one with some of it", "joined in another one", "a mount below", "a directory is deleted"),
        *("a mount of one below", "it cannot be read"),
    ],
)
def test_what_goes_with_its_directory_or_with_all_others_is_not_believed(before, now, then, present, declared, lost):
    assert lost_files(before, now, (then, present), declared) == lost


def test_directories_are_known_by_what_they_are(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    names = [f"{tmp_path}/sub/a.yaml", f"{tmp_path}/gone/b.yaml", f"{tmp_path}/c.yaml"]
    found = identities(tmp_path, names)
    assert found.keys() == {str(tmp_path), f"{tmp_path}/sub"}
    monkeypatch.chdir(tmp_path)
    here = identities(type(tmp_path)("."), ["sub/a.yaml", "c.yaml"])
    assert here == {"": found[str(tmp_path)], "sub": found[f"{tmp_path}/sub"]}
