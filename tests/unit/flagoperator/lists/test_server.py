from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from flagd.id_list.id_list import ListError
from flagd.manifest.parts.list_origin import ListOrigin
from flagd.ruleset.hashed_ids import HashedIds
from flagoperator.lists.server import fetch
from flagoperator.lists.source import Source
from tests import list_server
from tests.cluster.pki import Pki
from tests.list_server import TOKEN, ListServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LONG = aiohttp.ClientTimeout(total=60, sock_read=60)
SHORT = aiohttp.ClientTimeout(total=60, sock_read=0.2)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Pki(tmp_path_factory.mktemp("pki")).folder


@pytest.fixture
def server(pki: Path) -> Iterator[ListServer]:
    with ListServer(pki / "serving.crt", pki / "serving.key") as server:
        server.lists["good.csv"] = b"ann\nbob\n"
        yield server


@pytest.fixture
def source(server: ListServer, pki: Path, tmp_path: Path) -> Source:
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n")
    return Source("warehouse", url=server.url, token_file=token, ca_file=pki / "ca.crt")


def at(path: str, **more: str) -> ListOrigin:
    return ListOrigin(source="warehouse", path=path, **more)


async def test_a_list_is_fetched_with_the_token_and_not_again_while_it_is_as_it_was(source: Source, server: ListServer):
    first = await fetch(source, at("good.csv"), (), LONG)
    assert first.read is not None
    assert first.read.ids == HashedIds.of(["ann", "bob"])
    again = await fetch(source, at("good.csv"), first.mark, LONG)
    assert (again.read, again.mark) == (None, first.mark)
    server.lists["good.csv"] = b"ann\nbob\neve\n"
    changed = await fetch(source, at("good.csv"), again.mark, LONG)
    assert changed.read is not None
    assert len(changed.read.ids) == 3
    assert [status for _, status in server.asked] == [200, 304, 200]


async def test_a_column_of_a_table_is_taken(source: Source, server: ListServer):
    server.lists["table.csv"] = b'name,id\r\nAnn,"a,1"\r\nBob,b\r\n'
    found = await fetch(source, at("table.csv", column="id"), (), LONG)
    assert found.read is not None
    assert found.read.ids == HashedIds.of(["a,1", "b"])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (list_server.cut_short, "cut short"),
        (list_server.web_page, "'text/html', not text/plain"),
        (list_server.hidden_page, "web page"),
        (list_server.elsewhere, "302: redirects are not followed"),
        (list_server.broken, "answers 500"),
        (list_server.compressed, "compressed"),
        (list_server.boundless, "does not say where it ends"),
        (list_server.binary, "line 2 is not text in UTF-8"),
        (list_server.endless, "line 1 is longer than"),
    ],
)
async def test_what_is_not_a_whole_list_is_refused_in_words(
    source: Source, server: ListServer, fault: Callable[..., None], said: str
):
    server.faults["odd"] = fault
    with pytest.raises(ListError, match=said):
        await fetch(source, at("odd"), (), LONG)


@pytest.mark.parametrize("fault", [list_server.silent, list_server.stalled])
async def test_a_server_that_rests_is_given_up(source: Source, server: ListServer, fault: Callable[..., None]):
    server.faults["slow"] = fault
    with pytest.raises(ListError, match="did not send all of it"):
        await fetch(source, at("slow"), (), SHORT)


async def test_a_list_that_is_not_there_and_a_token_that_is_not_taken_are_said(source: Source):
    with pytest.raises(ListError, match="answers 404"):
        await fetch(source, at("none.csv"), (), LONG)
    assert source.token_file is not None
    source.token_file.write_text("another")
    with pytest.raises(ListError, match="answers 401"):
        await fetch(source, at("good.csv"), (), LONG)


async def test_a_server_with_another_certificate_gets_no_token(source: Source, server: ListServer):
    with pytest.raises(ListError, match="certificate"):
        await fetch(Source("warehouse", url=server.url, token_file=source.token_file), at("good.csv"), (), LONG)
    assert not server.asked


async def test_a_token_or_ca_file_that_is_not_there_is_said(source: Source, tmp_path: Path):
    for lost in (
        Source("warehouse", url=source.url, token_file=tmp_path / "none", ca_file=source.ca_file),
        Source("warehouse", url=source.url, token_file=source.token_file, ca_file=tmp_path / "none"),
    ):
        with pytest.raises(ListError, match="token or CA file"):
            await fetch(lost, at("good.csv"), (), LONG)
