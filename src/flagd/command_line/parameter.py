"""Parameter: what an option can hold: files, folders, addresses, a project."""

from __future__ import annotations

import re
from math import isfinite
from pathlib import Path

import click

from flagd.process.address import split_address

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ORIGIN = re.compile(r"[a-z][-+.a-z0-9]*://[^\sA-Z/?#@\\]+", re.ASCII)
PROJECT = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)


class Address(click.ParamType[str]):
    """``host:port`` to listen on; IPv6 hosts in brackets; port 0 = any free one."""

    name = "HOST:PORT"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value` if it is an address."""
        try:
            split_address(value)
        except ValueError:
            self.fail(f"{value!r} is not HOST:PORT, such as 0.0.0.0:8013 or [::]:8013", param, ctx)
        return value


class Target(click.ParamType[str]):
    """``host:port`` to connect to; IPv6 hosts in brackets."""

    name = "HOST:PORT"

    def __init__(self, example: str = "flagoperator.flags.svc:8015") -> None:
        """`example` is shown where a value is wrong."""
        self._example = example

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value` if it is an address, and has a port that a server can have."""
        try:
            _, port = split_address(value)
        except ValueError:
            port = 0
        if not port:
            self.fail(f"{value!r} is not HOST:PORT, such as {self._example}", param, ctx)
        return value


class Targets(click.ParamType[tuple[str, ...]]):
    """``host:port`` to connect to, several separated by commas."""

    name = "HOST:PORT,…"

    def convert(
        self, value: str | tuple[str, ...], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Return the addresses in `value`; it may be empty, and a value that was converted stays as it is."""
        if isinstance(value, tuple):
            return value
        return tuple(Target().convert(each.strip(), param, ctx) for each in value.split(",") if each.strip())


class Origin(click.ParamType[str]):
    """A web origin as browsers send it, or ``*`` for all."""

    name = "ORIGIN"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value` if a browser could send it."""
        if value not in {"*", "null"} and not ORIGIN.fullmatch(value):
            wanted = "such as https://shop.example: in lower case, without a path or a slash at its end"
            self.fail(f"{value!r} is not an origin as browsers send it, {wanted}", param, ctx)
        return value


class Number(click.FloatRange):
    """A number within a range, and neither ``nan``, which is within every range, nor infinite."""

    def convert(self, value: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return `value` as a number."""
        number = float(super().convert(value, param, ctx))
        if not isfinite(number):
            self.fail(f"{value!r} is not a number that can be counted to", param, ctx)
        return number


class Project(click.ParamType[str]):
    """A project: the name of a namespace."""

    name = "NAME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value` if a namespace can have this name."""
        if not PROJECT.fullmatch(value):
            self.fail(f"{value!r} is not a namespace; write lower case letters, digits and -, such as shop", param, ctx)
        return value
