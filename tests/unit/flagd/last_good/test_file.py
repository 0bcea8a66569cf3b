"""The last good rulesets on disk: whatever became of the file, it is served whole or not at all."""

import hashlib
import os
import resource
from dataclasses import replace

import pytest

from flagd.compiler import compile_projects
from flagd.last_good import file as last_good
from flagd.last_good.file import FILE_NAME, LastGoodFile, State, StateError
from flagd.manifest import read_text

MANIFESTS = """
{kind: Flag, apiVersion: flagoperator.dev/v1alpha1, metadata: {name: a, namespace: shop}, spec: {
  active: true, deployments: [web], variants: [{key: "on", payload: {n: 1, x: 0.5, t: "吉"}}],
  segments: [{name: s, match: [{op: in cohort, values: [vip]}], rollout: {percent: 50}}]}}
---
{kind: FlagCohort, apiVersion: flagoperator.dev/v1alpha1, metadata: {name: vip, namespace: shop},
  spec: {members: [ann, bob]}}
---
{kind: FlagDeployment, apiVersion: flagoperator.dev/v1alpha1, metadata: {name: web, namespace: shop},
  spec: {type: Client}}
---
{kind: Flag, apiVersion: flagoperator.dev/v1alpha1, metadata: {name: b}, spec: {variants: [{key: "on"}]}}
"""


@pytest.fixture(scope="module")
def state():
    compiled = compile_projects(read_text(MANIFESTS).resources)
    return State({name: one.ruleset for name, one in compiled.items()}, 1767225600.25)


@pytest.fixture
def written(tmp_path, state):
    LastGoodFile(tmp_path).write(state)
    return tmp_path / FILE_NAME


def _refusal(folder):
    with pytest.raises(StateError) as refused:
        LastGoodFile(folder).read()
    return str(refused.value)


def test_what_was_written_is_read(tmp_path, state):
    LastGoodFile(tmp_path).write(state)
    read = LastGoodFile(tmp_path).read()
    assert read.as_of == state.as_of
    assert {name: one.as_json() for name, one in read.rulesets.items()} == {
        name: one.as_json() for name, one in state.rulesets.items()
    }
    assert [one.name for one in tmp_path.iterdir()] == [FILE_NAME]


def test_a_new_state_takes_the_place_of_the_old_one(tmp_path, state):
    LastGoodFile(tmp_path).write(state)
    LastGoodFile(tmp_path).write(replace(state, rulesets={}))
    assert LastGoodFile(tmp_path).read().rulesets == {}


def test_without_a_file_there_is_no_state(tmp_path):
    assert LastGoodFile(tmp_path).read() is None


def test_a_file_cut_at_any_byte_is_refused(tmp_path, written):
    data = written.read_bytes()
    for size in range(len(data)):
        written.write_bytes(data[:size])
        assert _refusal(tmp_path)


def test_a_file_with_any_bit_turned_is_refused(tmp_path, written):
    data = written.read_bytes()
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 1 << at % 8
        written.write_bytes(damaged)
        assert _refusal(tmp_path)


def test_bytes_after_the_end_are_refused(tmp_path, written):
    written.write_bytes(written.read_bytes() + b" ")
    assert _refusal(tmp_path) == "its checksum does not fit: it is damaged"


def _sealed(body, version=b"1"):
    return b"flagd-last-good %s %s %d\n" % (version, hashlib.sha256(body).hexdigest().encode(), len(body)) + body


FOREIGN = [
    (b"", "it is not a file of last good rulesets"),
    (b"hello\n", "it is not a file of last good rulesets"),
    (_sealed(b"{}", version=b"2"), "it was written by another version"),
    (b"flagd-last-good\n", "it was written by another version"),
    (b"flagd-last-good 1\n", "its checksum does not fit: it is damaged"),
    (_sealed(b"{}"), "its content is not what this version writes"),
    (_sealed(b"[]"), "its content is not what this version writes"),
    (_sealed(b"nonsense"), "its content is not what this version writes"),
    (_sealed(b"\xff"), "its content is not what this version writes"),
    (_sealed(b'{"asOf": null, "rulesets": []}'), "its content is not what this version writes"),
    (_sealed(b'{"asOf": 1, "rulesets": [{}]}'), "its content is not what this version writes"),
    (_sealed(b"[" * 100_000), "its content is not what this version writes"),
]


@pytest.mark.parametrize(("data", "reason"), FOREIGN)
def test_what_this_version_did_not_write_is_refused(tmp_path, data, reason):
    (tmp_path / FILE_NAME).write_bytes(data)
    assert _refusal(tmp_path) == reason


def test_a_ruleset_that_does_not_fit_its_revision_is_refused(tmp_path, written):
    body = written.read_bytes().partition(b"\n")[2].replace(b'"ann"', b'"eve"')
    written.write_bytes(_sealed(body))
    assert _refusal(tmp_path) == "its content is not what this version writes"


def test_a_file_too_large_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(last_good, "MAX_BYTES", 10)
    (tmp_path / FILE_NAME).write_bytes(b"x" * 11)
    assert _refusal(tmp_path) == "it is larger than 10 bytes"


def test_a_link_is_not_followed(tmp_path, written):
    written.rename(tmp_path / "elsewhere")
    written.symlink_to("elsewhere")
    assert "symbolic links" in _refusal(tmp_path)


def test_a_directory_a_fifo_and_a_device_are_refused_at_once(tmp_path):
    place = tmp_path / FILE_NAME
    place.mkdir()
    assert _refusal(tmp_path)
    place.rmdir()
    os.mkfifo(place)
    assert _refusal(tmp_path) == "it is not a regular file"


def test_a_full_disk_leaves_what_was_there(tmp_path, state, written):
    before = written.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, hard))
    try:
        with pytest.raises(StateError, match="file too large"):
            LastGoodFile(tmp_path).write(replace(state, as_of=0.0))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert written.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [FILE_NAME]


def test_a_link_in_the_place_of_the_temporary_file_is_not_written_through(tmp_path, state):
    (tmp_path / f"{FILE_NAME}.{os.getpid()}.tmp").symlink_to("/dev/full")
    with pytest.raises(StateError, match="symbolic links"):
        LastGoodFile(tmp_path).write(state)


def test_a_folder_that_is_gone_is_an_error_that_says_so(tmp_path, state):
    with pytest.raises(StateError, match="no such file"):
        LastGoodFile(tmp_path / "gone").write(state)
