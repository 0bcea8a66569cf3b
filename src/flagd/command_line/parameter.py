"""Parameter: what an option can hold: files, folders, addresses, a project."""

from __future__ import annotations

import re
from pathlib import Path

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PROJECT = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?", re.ASCII)


class Address(click.ParamType[str]):
    """``host:port``; IPv6 hosts in brackets; port 0 = any free one."""

    name = "HOST:PORT"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value` if it is an address."""
        host, _, port = value.rpartition(":")
        if not host or not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
            self.fail(f"{value!r} is not HOST:PORT, such as 0.0.0.0:8013 or [::]:8013", param, ctx)
        return value


class Addresses(Address):
    """``host:port``, several separated by commas."""

    name = "HOST:PORT,…"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value` if each part of it is an address."""
        return ",".join(super(Addresses, self).convert(each, param, ctx) for each in value.split(","))


class Project(click.ParamType[str]):
    """A project: the name of a namespace."""

    name = "NAME"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return `value` if a namespace can have this name."""
        if not PROJECT.fullmatch(value):
            self.fail(f"{value!r} is not a namespace; write lower case letters, digits and -, such as shop", param, ctx)
        return value
