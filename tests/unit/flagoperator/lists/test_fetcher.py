from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagd.id_list.id_list import ListError
from flagd.manifest.parts.list_origin import ListOrigin
from flagoperator.lists.fetcher import Fetcher
from flagoperator.lists.source import Source

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = ListOrigin(source="exports", path="ids.txt")


def fetcher(folder: Path, *namespaces: str) -> Fetcher:
    return Fetcher({"exports": Source("exports", folder=folder, namespaces=frozenset(namespaces))})


async def test_a_source_that_nobody_named_has_nothing(tmp_path: Path):
    with pytest.raises(ListError, match="no source"):
        await Fetcher({}).fetch(ORIGIN, ())
    assert fetcher(tmp_path).refusal(ORIGIN, "shop") == ""


async def test_a_folder_is_a_source(tmp_path: Path):
    (tmp_path / "ids.txt").write_text("ann\n")
    assert (await fetcher(tmp_path).fetch(ORIGIN, ())).read is not None
    assert fetcher(tmp_path).interval_seconds(ORIGIN) == 60


def test_who_may_not_use_a_source_cannot_tell_it_from_one_that_is_not_there(tmp_path: Path):
    refused = fetcher(tmp_path, "other").refusal(ORIGIN, "shop")
    assert refused
    assert refused == Fetcher({}).refusal(ORIGIN, "shop")
