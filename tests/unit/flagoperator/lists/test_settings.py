from __future__ import annotations

from pathlib import Path

import pytest

from flagoperator.lists.settings import SettingsError, read_sources
from flagoperator.lists.source import Source


def read(tmp_path: Path, text: str) -> dict[str, Source]:
    (tmp_path / "sources.yaml").write_text(text)
    return dict(read_sources(tmp_path / "sources.yaml"))


def test_servers_and_folders_are_read_with_their_intervals(tmp_path: Path):
    found = read(
        tmp_path,
        """
warehouse: {url: "https://w.example:8443/flags", tokenFile: /t, caFile: /c, intervalSeconds: 5, namespaces: [shop]}
exports: {folder: /lists}
""",
    )
    assert found["warehouse"] == Source(
        "warehouse", "https://w.example:8443/flags/", None, Path("/t"), Path("/c"), 5.0, frozenset(["shop"])
    )
    assert found["exports"] == Source("exports", folder=Path("/lists"), interval_seconds=2.0)
    assert read(tmp_path, "") == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {url: 'http://w.example/'}", "a: url must be an address such as"),
        ("a: {url: 'https://me:secret@w.example/'}", "no user"),
        ("a: {url: 'https://w.example/?sig=1'}", "url must be"),
        ("a: {url: 'https://w.example/#x'}", "url must be"),
        ("a: {url: 'https://w.example:none/'}", "url must be"),
        ("a: {url: 'https:///x'}", "url must be"),
        ("a: {}", "needs either a url or a folder"),
        ("a: {url: 'https://w.example/', folder: /x}", "needs either"),
        ("a: {folder: /x, tokenFile: /t}", "takes neither tokenFile nor caFile"),
        ("a: {folder: /x, intervalSeconds: 0}", "a.intervalSeconds"),
        ("a: {folder: /x, intervall: 1}", "a.intervall"),
        ("A_b: {folder: /x}", "string should match pattern"),
        ("[a]", "the file: input should be a valid dictionary"),
        ("{", "is not YAML"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_place(tmp_path: Path, text: str, said: str):
    with pytest.raises(SettingsError, match=said):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(SettingsError, match="no such file"):
        read_sources(tmp_path / "none")
