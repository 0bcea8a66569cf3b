"""Edits of the folder: live, whole, and harmless when they are wrong."""

import json
import signal

import pytest

from flagd.v1.evaluation_pb2 import EvaluateRequest, User
from tests.wire.process import eventually
from tests.wire.shop import flag

ANN = User(user_id="ann")


@pytest.fixture(scope="session")
def transport():
    """One is enough: the source is the same under all."""
    return "grpcio"


def _keys(stub):
    answer = stub.Evaluate(EvaluateRequest(project="shop", user=ANN))
    return {key: variant.key for key, variant in answer.variants.items()}


def test_an_edit_in_place_is_live(tmp_path, start, call):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    process = start(tmp_path)
    stub = call(process)
    (tmp_path / "a.yaml").write_text(flag("a", "two"))
    eventually(lambda: _keys(stub) == {"a": "two"})


def test_a_file_written_beside_and_renamed_is_one_edit(tmp_path, start, call):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    stub = call(start(tmp_path))
    (tmp_path / ".a.yaml.swp").write_text("not: [yaml")
    (tmp_path / "a.yaml~").write_text("kind: Flag")
    (tmp_path / "4913").write_text("")
    (tmp_path / ".tmp").write_text(flag("a", "two"))
    (tmp_path / ".tmp").rename(tmp_path / "a.yaml")
    eventually(lambda: _keys(stub) == {"a": "two"})


def _mount(folder, version, **files):
    """Do what kubelet does for a ConfigMap: write a folder, then swap the link ``..data`` to it."""
    (folder / f"..{version}").mkdir()
    for name, text in files.items():
        (folder / f"..{version}" / f"{name}.yaml").write_text(text)
    (folder / "..data_tmp").symlink_to(f"..{version}")
    (folder / "..data_tmp").rename(folder / "..data")
    for name in files:
        link = folder / f"{name}.yaml"
        if not link.is_symlink():
            link.symlink_to(f"..data/{name}.yaml")


def test_a_config_map_that_is_swapped_is_taken_as_a_whole(tmp_path, start, call):
    _mount(tmp_path, "v1", a=flag("a", "one"), b=flag("b", "one"))
    process = start(tmp_path)
    stub = call(process)
    seen = [_keys(stub)]
    _mount(tmp_path, "v2", a=flag("a", "two"), b=flag("b", "two"))

    def swapped():
        seen.append(_keys(stub))
        return seen[-1] == {"a": "two", "b": "two"}

    eventually(swapped)
    assert {tuple(one.values()) for one in seen} == {("one", "one"), ("two", "two")}


def test_a_bad_edit_keeps_the_last_good_flag_and_says_so(tmp_path, start, call):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    (tmp_path / "b.yaml").write_text(flag("b", "one"))
    process = start(tmp_path)
    stub = call(process)
    (tmp_path / "a.yaml").write_text(flag("a", "two").replace("percent: 100", "percentt: 100"))
    (tmp_path / "b.yaml").write_text(flag("b", "two"))
    eventually(lambda: _keys(stub) == {"a": "one", "b": "two"})
    assert "a.yaml" in process.said("percentt")
    assert process.metric("flagd_rejected_resources", project="shop") == 1
    detail = process.ready()
    assert detail["rejected"] == {"shop": 1}
    assert "percentt" in detail["diagnostics"][0]
    (tmp_path / "a.yaml").write_text(flag("a", "three"))
    eventually(lambda: _keys(stub) == {"a": "three", "b": "two"})
    assert process.ready()["rejected"] == {}
    assert process.metric("flagd_rejected_resources", project="shop") is None


def test_a_file_cut_in_the_middle_takes_no_flag_away(tmp_path, start, call):
    text = flag("a", "one") + "---" + flag("b", "one")
    (tmp_path / "all.yaml").write_text(text)
    process = start(tmp_path)
    stub = call(process)
    (tmp_path / "all.yaml").write_text(text[:-20] + "{[")
    process.said("all.yaml")
    assert _keys(stub) == {"a": "one", "b": "one"}


def test_a_flag_that_is_gone_is_unknown(tmp_path, start, call):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    (tmp_path / "b.yaml").write_text(flag("b", "one"))
    stub = call(start(tmp_path))
    (tmp_path / "b.yaml").unlink()
    eventually(lambda: _keys(stub) == {"a": "one"})


def test_a_folder_that_goes_away_leaves_stale_answers_until_it_is_back(tmp_path, start, call):
    folder = tmp_path / "flags"
    folder.mkdir()
    (folder / "a.yaml").write_text(flag("a", "one"))
    process = start(folder)
    stub = call(process)
    folder.rename(tmp_path / "elsewhere")
    eventually(lambda: stub.Evaluate(EvaluateRequest(user=ANN)).stale)
    assert _keys(stub) == {"a": "one"}
    assert process.metric("flagd_ruleset_stale", project="shop") == 1
    (tmp_path / "elsewhere" / "a.yaml").write_text(flag("a", "two"))
    (tmp_path / "elsewhere").rename(folder)
    eventually(lambda: _keys(stub) == {"a": "two"})
    assert not stub.Evaluate(EvaluateRequest(user=ANN)).stale


def _lost_folder(folder):
    for file in folder.iterdir():
        file.unlink()


def _replaced_folder(folder):
    folder.rename(folder.with_name("before"))
    folder.mkdir()


def _replaced_with_others(folder):
    other = folder.with_name("other")
    other.mkdir()
    (other / "z.yaml").write_text(flag("z", "new"))
    folder.rename(folder.with_name("before"))
    other.rename(folder)


def _truncated(folder):
    for file in folder.iterdir():
        file.write_text("")


@pytest.mark.parametrize("lose", [_lost_folder, _replaced_folder, _replaced_with_others, _truncated])
@pytest.mark.parametrize("transport", ["grpcio", "envoy"])
def test_what_is_gone_as_by_accident_is_held_and_told_until_sighup(tmp_path, start, call, lose, transport):
    folder = tmp_path / "flags"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(flag(name, "one"))
    process = start(folder, "--transport", transport)
    stub = call(process)
    lose(folder)
    eventually(lambda: process.ready()["held"] == 2)
    assert {"a": "one", "b": "one"}.items() <= _keys(stub).items()
    process.said("a.yaml")
    assert process.metric("flagd_held_resources") == 2
    assert any("send SIGHUP" in text for text in process.ready()["diagnostics"])
    process.signal(signal.SIGHUP)
    eventually(lambda: process.ready()["held"] == 0)
    eventually(lambda: "shop" not in process.ready()["projects"] or not {"a", "b"} & _keys(stub).keys())


def test_what_was_held_is_free_again_once_its_file_is_back(tmp_path, start, call):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(flag(name, "one"))
    process = start(tmp_path)
    stub = call(process)
    _lost_folder(tmp_path)
    eventually(lambda: process.ready()["held"] == 2)
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(flag(name, "two"))
    eventually(lambda: _keys(stub) == {"a": "two", "b": "two"})
    assert process.ready()["held"] == 0
    (tmp_path / "a.yaml").unlink()
    eventually(lambda: _keys(stub) == {"b": "two"})


def test_a_restart_lets_go_what_is_gone(tmp_path, start):
    folder, state = tmp_path / "flags", tmp_path / "state"
    folder.mkdir()
    state.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.yaml").write_text(flag(name, "one"))
    process = start(folder, "--state-dir", state)
    _lost_folder(folder)
    eventually(lambda: process.ready()["held"] == 2)
    process.stop()
    process = start(folder, "--state-dir", state)
    eventually(lambda: json.loads(process.get("/readyz")[1])["projects"] == {})


def test_the_last_flag_of_a_folder_is_deleted_within_a_second(tmp_path, start, call):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(flag(name, "one"))
    process = start(tmp_path)
    stub = call(process)
    (tmp_path / "b.yaml").unlink()
    eventually(lambda: _keys(stub) == {"a": "one"})
    (tmp_path / "a.yaml").unlink()
    eventually(lambda: process.ready()["projects"] == {})
    assert process.ready()["held"] == 0


def test_a_config_map_that_loses_a_key_loses_its_flag_and_an_empty_one_nothing(tmp_path, start, call):
    _mount(tmp_path, "v1", a=flag("a", "one"), b=flag("b", "one"), c=flag("c", "one"))
    process = start(tmp_path)
    stub = call(process)
    _mount(tmp_path, "v2", a=flag("a", "two"), b=flag("b", "two"))
    (tmp_path / "c.yaml").unlink()
    eventually(lambda: _keys(stub) == {"a": "two", "b": "two"})
    _mount(tmp_path, "v3")
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").unlink()
    eventually(lambda: process.ready()["held"] == 2)
    assert _keys(stub) == {"a": "two", "b": "two"}


def test_two_files_that_declare_one_flag_change_nothing(tmp_path, start, call):
    (tmp_path / "a.yaml").write_text(flag("a", "one"))
    process = start(tmp_path)
    stub = call(process)
    (tmp_path / "b.yaml").write_text(flag("a", "two"))
    process.said("also declared in")
    assert _keys(stub) == {"a": "one"}


def test_a_link_to_the_folder_that_is_turned_elsewhere_is_followed(tmp_path, start, call):
    for version in ("one", "two"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "a.yaml").write_text(flag("a", version))
    (tmp_path / "current").symlink_to("one")
    stub = call(start(tmp_path / "current"))
    assert _keys(stub) == {"a": "one"}
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").rename(tmp_path / "current")
    eventually(lambda: _keys(stub) == {"a": "two"})
