from __future__ import annotations

import pytest

from flagd.id_list import parser
from flagd.id_list.id_list import ListError
from flagd.id_list.parser import ListParser
from flagd.ruleset.hashed_ids import HashedIds


def parse(text: bytes, path: str = "ids.txt", column: str | None = None, piece: int = 1 << 20) -> HashedIds:
    reader = ListParser(path, column)
    for start in range(0, len(text), piece):
        reader.feed(text[start : start + piece])
    return reader.finish()


@pytest.mark.parametrize("piece", [1, 2, 3, 1000])
def test_a_line_is_an_id_however_the_text_arrives(piece: int):
    text = "\ufeffann\r\n  bob \n\n\N{LATIN SMALL LETTER E WITH ACUTE}ve,1\nann\nlast".encode()
    assert parse(text, piece=piece) == HashedIds.of(["ann", "bob", "éve,1", "last"])


@pytest.mark.parametrize("piece", [1, 5, 1000])
def test_a_column_of_csv_is_taken(piece: int):
    text = b'\n"name", id \r\nAnn,"a,1"\r\n\r\nBob, b\r\n'
    assert parse(text, "t.csv", "id", piece) == HashedIds.of(["a,1", "b"])


def test_a_csv_file_of_one_column_needs_no_name():
    assert parse(b'ann\n"b,1"\n', "t.CSV") == HashedIds.of(["ann", "b,1"])


@pytest.mark.parametrize(
    ("text", "path", "column", "said"),
    [
        (b"ann\nbob,1\n", "t.csv", None, "line 2 has 2 columns"),
        (b"id,a\nann,1\nbob\n", "t.csv", "a", "line 3 has 1 columns"),
        (b"id\nann\n", "t.csv", "user", "line 1 names no column 'user'"),
        (b"id,id\n", "t.csv", "id", "line 1 names 2 column 'id'"),
        (b"", "t.csv", "id", "it is empty"),
        (b'id\n"a\nb"\n', "t.csv", "id", "goes on in the next line"),
        (b'id\n"a', "t.csv", "id", "is not CSV"),
        (b"ann\n\xff\n", "ids", None, "line 2 is not text in UTF-8"),
        (b"ann\n\n\0\n", "ids", None, "line 3 is not text"),
        (b"  <HTML>\n", "ids", None, "web page"),
        (b"ann\n" + b"x" * 1025, "ids", None, "line 2 holds an id of more than 1,024"),
        (b"x" * 70_000, "ids", None, "line 1 is longer"),
    ],
)
def test_what_is_not_a_list_is_refused_at_its_line(text: bytes, path: str, column: str | None, said: str):
    with pytest.raises(ListError, match=said):
        parse(text, path, column)


def test_no_message_quotes_an_id():
    for text, path, column in [
        (b"ann,1\n", "t.csv", "id"),
        (b'"ann', "t.csv", None),
        (b"ann" * 500, "ids", None),
        (b"ann,1\n", "t.csv", None),
    ]:
        with pytest.raises(ListError) as refused:
            parse(text, path, column)
        assert "ann" not in str(refused.value)


def test_a_list_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parser, "MOST_IDS", 2)
    with pytest.raises(ListError, match="more than 2 ids"):
        parse(b"a\nb\nc\n")
    monkeypatch.setattr(parser, "MOST_BYTES", 3)
    with pytest.raises(ListError, match="longer than 3 bytes"):
        parse(b"a\nb\n")
