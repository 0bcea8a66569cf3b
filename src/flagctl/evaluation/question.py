"""Question: whom and what `flagctl eval` and `flagctl explain` are asked about, and where to look."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from flagctl.evaluation.user import NotJsonError, UserError, read_user
from flagctl.failure import Unreachable
from flagctl.files.completion_values import flag_keys
from flagctl.files.manifests import STDIN
from flagctl.files.project_option import project_option
from flagctl.remote.server import Server, server_options
from flagctl.standard_input import read_standard_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flagctl.evaluation.answer import Answer
    from flagctl.evaluation.explained import Explained


class Source(Protocol):
    """What answers a question."""

    def evaluate(self) -> Answer:
        """Return the variants asked for."""

    def explain(self) -> Iterator[Explained]:
        """Yield the reasons for each."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        paths: manifests to answer from; empty where a server is asked.
        project: namespace; None = the default project.
        flags: keys; empty = all.
        user: as `read_user` gives it.
        server: whom to ask instead of `paths`.
    """

    paths: tuple[str, ...]
    project: str | None
    flags: tuple[str, ...]
    user: dict[str, Any]
    server: Server | None

    def source(self) -> Source:
        """Return what answers."""
        if self.server is not None:
            from flagctl.evaluation.online import Online

            return Online(self, self.server)
        from flagctl.evaluation.offline import Offline

        return Offline(self)


def question(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that make a Question, and pass it as first argument."""

    @click.argument("paths", nargs=-1, metavar="[PATH…]", type=click.Path(allow_dash=True))
    @project_option(
        "Namespace of the flags. Default: that of the key, else of the server, else `default` or the only one."
    )
    @click.option(
        "--flag",
        "flags",
        multiple=True,
        metavar="KEY",
        shell_complete=flag_keys,
        help="Flag to evaluate; repeat it for several. Default: all flags.",
    )
    @click.option(
        "--user",
        required=True,
        metavar="JSON",
        help="The user as JSON, @FILE, or - for standard input: Amplitude's user or the evaluation API's.",
    )
    @server_options
    @wraps(function)
    def ask(
        paths: tuple[str, ...],
        project: str | None,
        flags: tuple[str, ...],
        user: str,
        server: Server | None,
        **others: Any,  # noqa: ANN401
    ) -> None:
        _check_source(paths, user, server)
        _check_text(project or "", *flags)
        function(Question(paths, project, tuple(dict.fromkeys(flags)), _user(user), server), **others)

    return ask


def _check_source(paths: tuple[str, ...], user: str, server: Server | None) -> None:
    if server and paths:
        raise click.UsageError("either PATH or --server, not both: one answers from manifests, the other asks a server")
    if not server and not paths:
        raise click.UsageError("give PATH of manifests, or --server HOST:PORT")
    if user == STDIN and STDIN in paths:
        raise click.UsageError("standard input can be the manifests or the user, not both")


def _check_text(*names: str) -> None:
    for name in names:
        if not name.isprintable():
            raise click.UsageError(f"{name!a} contains control characters or is not UTF-8")


def _user(option: str) -> dict[str, Any]:
    try:
        return read_user(_text(option))
    except UserError as error:
        is_typed = isinstance(error, NotJsonError) and not _is_elsewhere(option)
        hint = """; in a shell, put it in single quotes: '{"user_id": "ann"}'""" if is_typed else ""
        raise click.UsageError(f"--user: {error}{hint}") from None


def _is_elsewhere(option: str) -> bool:
    return option == STDIN or option.startswith("@")


def _text(option: str) -> str:
    if not _is_elsewhere(option):
        return option
    try:
        if option == STDIN:
            return read_standard_input().decode("utf-8-sig")
        return Path(option[1:]).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Unreachable(f"--user: cannot read {option[1:]}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.UsageError("--user: the text is not UTF-8") from None
