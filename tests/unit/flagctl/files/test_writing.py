from __future__ import annotations

import os
import resource
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from flagctl.files.writing import create_text, replace_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = "x" * 100_000


@contextmanager
def little_room() -> Iterator[None]:
    """Let no file grow beyond 10,000 bytes, as a full disk does."""
    limit, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limit[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)


def test_what_does_not_fit_leaves_the_file_as_it_was_and_nothing_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("before")
    with little_room(), pytest.raises(OSError, match="too large"):
        replace_text(file, LONG)
    assert file.read_text() == "before"
    assert [*tmp_path.iterdir()] == [file]


def test_of_a_new_file_that_does_not_fit_nothing_is_left(tmp_path: Path) -> None:
    with little_room(), pytest.raises(OSError, match="too large"):
        create_text(tmp_path / "a.yaml", LONG)
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_is_there_is_not_created_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("before")
    with pytest.raises(FileExistsError):
        create_text(file, "after")
    assert file.read_text() == "before"


def test_a_link_stays_a_link_and_a_mode_stays_what_it_is(tmp_path: Path) -> None:
    file, link = tmp_path / "a.yaml", tmp_path / "link.yaml"
    file.write_text("before\r\n")
    file.chmod(0o640)
    link.symlink_to(file)
    replace_text(link, "after\r\n")
    assert link.is_symlink()
    assert file.read_bytes() == b"after\r\n"
    assert file.stat().st_mode & 0o777 == 0o640


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    replace_text(pipe, "text")
    assert os.read(reader, 10) == b"text"
    os.close(reader)
    assert pipe.is_fifo()
