"""What is renewed on disk is used, and what cannot be used is told in one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from flagoperator.kubeconfig import Connection, ConnectionSettingsError, CredentialError, find_connection
from flagoperator.kubeconfig.connection import FRESH_SECONDS, find_selection

if TYPE_CHECKING:
    from pathlib import Path


class Place:
    """A kubeconfig, and a clock that a test moves."""

    def __init__(self, folder: Path, **user: Any) -> None:
        self.folder, self.now = folder, 0.0
        self.file = folder / "config"
        self.write(**user)
        self.connection = Connection(lambda: find_selection(self.file, None, {}), {}, lambda: self.now)

    def write(self, server: str = "https://localhost", **user: Any) -> None:
        document = {
            "current-context": "it",
            "contexts": [{"name": "it", "context": {"cluster": "it", "user": "it"}}],
            "clusters": [{"name": "it", "cluster": {"server": server}}],
            "users": [{"name": "it", "user": user}],
        }
        self.file.write_text(json.dumps(document))

    async def token(self) -> str:
        return dict((await self.connection.access()).headers)["Authorization"].removeprefix("Bearer ")


async def test_a_token_file_that_is_replaced_is_read_again(tmp_path: Path):
    file = tmp_path / "token"
    file.write_text("one\n")
    place = Place(tmp_path, tokenFile="token")
    assert await place.token() == "one"
    file.write_text("two")
    assert await place.token() == "one", "reading costs as much as a call"
    place.now += FRESH_SECONDS
    assert await place.token() == "two"


async def test_a_token_that_was_refused_is_read_again_at_once(tmp_path: Path):
    file = tmp_path / "token"
    file.write_text("one")
    place = Place(tmp_path, tokenFile=str(file))
    access = await place.connection.access()
    file.write_text("two")
    place.connection.refused(access)
    assert await place.token() == "two"
    file.write_text("three")
    place.connection.refused(access)
    assert await place.token() == "two", "what is refused is not what is used now"


async def test_a_kubeconfig_that_was_refused_is_read_again(tmp_path: Path):
    place = Place(tmp_path, token="one")
    access = await place.connection.access()
    place.write("https://other/", token="two")
    place.connection.refused(access)
    assert await place.token() == "two"
    assert place.connection.server == "https://other"


async def test_a_kubeconfig_that_is_broken_meanwhile_leaves_what_was_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    place = Place(tmp_path, token="one")
    access = await place.connection.access()
    place.file.write_text("hello: [")
    place.connection.refused(access)
    assert await place.token() == "one"
    assert "cannot be read again" in caplog.text


@pytest.mark.parametrize("user", [{}, {"as": "bob"}])
async def test_nobody_is_not_sent(tmp_path: Path, user: dict[str, str]):
    with pytest.raises(CredentialError, match="no token, no certificate and no plugin"):
        await Place(tmp_path, **user).connection.access()


async def test_an_empty_token_file_is_not_nobody(tmp_path: Path):
    (tmp_path / "token").write_text("\n")
    with pytest.raises(CredentialError, match=r"tokenFile: .* is empty"):
        await Place(tmp_path, tokenFile="token").connection.access()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello: [", "expected the node content"),
        ("[1]", "does not have the form of a kubeconfig"),
        ("a: 1", "sets no current-context"),
        ("clusters: 5\ncurrent-context: it", "clusters is not a list"),
        ("current-context: it", "there is no context 'it' and no other"),
        ("contexts: [{name: a}, {name: b}]\ncurrent-context: it", "there is no context 'it'; there are a, b"),
        ("contexts: [{name: it, context: {cluster: c}}]\ncurrent-context: it", "there is no cluster 'c'"),
        ("contexts: [{name: it, context: 5}]\ncurrent-context: it", "context 'it' is not a mapping"),
    ],
)
def test_a_file_that_is_no_kubeconfig_is_told_of_in_one_line(text: str, says: str, tmp_path: Path):
    file = tmp_path / "kubeconfig"
    file.write_text(text)
    with pytest.raises(ConnectionSettingsError) as failed:
        find_connection(file, None)
    assert str(failed.value).startswith("kubeconfig ")
    assert str(file) in str(failed.value)
    assert says in str(failed.value)
    assert "\n" not in str(failed.value)


def test_without_any_kubeconfig_it_is_said_where_one_is_looked_for(tmp_path: Path):
    with pytest.raises(ConnectionSettingsError, match=r"--kubeconfig, KUBECONFIG or ~/\.kube/config"):
        find_selection(None, None, {"HOME": str(tmp_path)})
