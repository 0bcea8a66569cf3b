"""`flagctl key`: deployment keys. The key goes to the caller, its hash into the FlagDeployment."""

from __future__ import annotations

import hashlib
import json
import secrets
import string
import sys
from getpass import getpass

import click

from flagctl.interruption import before_the_end
from flagctl.output import output_option
from flagctl.standard_input import read_standard_input

PREFIX = "flagkey_"
"""Lets people and secret scanners recognise a key."""

_ALPHABET = string.ascii_letters + string.digits
_LENGTH = 43  # 43 characters of 62 are 256 bits
_MAX_BYTES = 256  # what flagd accepts


@click.group("key")
def command() -> None:
    """Make and hash deployment keys.

    A caller shows the key; the FlagDeployment holds only its hash, which is safe in Git.
    """


@command.command("new")
@output_option(["text", "json"])
def new(output: str) -> None:
    """Print a new key, its hash and the line for the FlagDeployment.

    The key is shown once and stored nowhere: put it where the caller keeps its secrets.

    \b
    Examples:
      flagctl key new
      flagctl key new --output json
    """
    key = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    if output == "json":
        click.echo(json.dumps({"key": key, "hash": hash_of(key)}))
        return
    click.echo(f"key:  {key}\nhash: {hash_of(key)}\n")
    click.echo(f'# The key is for the caller; this goes into its FlagDeployment:\nkeyHashes: ["{hash_of(key)}"]')


@command.command("hash")
def hash_() -> None:
    """Read a key on standard input and print its hash.

    \b
    Examples:
      flagctl key hash < key.txt
      printf %s "$KEY" | flagctl key hash
    """
    click.echo(hash_of(_read_key()))


def hash_of(key: str) -> str:
    """Return the hash of `key` as FlagDeployment.spec.keyHashes holds it: ``sha256:<hex>``."""
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def _read_key() -> str:
    asked = sys.stdin is not None and sys.stdin.isatty()
    key = (_typed() if asked else _shown(read_standard_input(_MAX_BYTES + 2))).rstrip("\r\n")
    if not key:
        raise click.UsageError("standard input contains no key; pass one: flagctl key hash < key.txt")
    if len(key.encode()) > _MAX_BYTES:
        raise click.UsageError(f"a key has at most {_MAX_BYTES} bytes")
    if any(character.isspace() for character in key):
        raise click.UsageError("a key has no spaces and no line breaks: one key on one line")
    return key


def _typed() -> str:
    """Return what somebody types, unseen; "" for Ctrl-D. However it ends, the terminal shows again what is typed."""
    import termios  # there is none where there is no such terminal

    before = termios.tcgetattr(sys.stdin)
    with before_the_end(lambda: termios.tcsetattr(sys.stdin, termios.TCSAFLUSH, before)):
        try:
            return getpass("key: ")
        except EOFError:
            click.echo(err=True)
            return ""


def _shown(data: bytes) -> str:
    if len(data) > _MAX_BYTES + 1:
        raise click.UsageError(f"a key has at most {_MAX_BYTES} bytes")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise click.UsageError("standard input contains no key: it is not UTF-8") from None
