"""Settings: the sources of lists, read from the file that the operator is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from flagd.manifest.model import DNS_LABEL
from flagd.process.address import split_url
from flagoperator.lists.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER_SECONDS, SERVER_SECONDS = 2.0, 60.0
"""How often a list is looked at where the settings do not say: to look at a file costs nothing."""
LEAST_SECONDS = 1.0


class SettingsError(ValueError):
    """The file cannot be used. The message says what is wrong in it and what would be right."""


class _Stated(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)

    url: str = ""
    folder: Path | None = None
    token_file: Path | None = None
    ca_file: Path | None = None
    interval_seconds: Annotated[float, Field(ge=LEAST_SECONDS, le=86_400)] | None = None
    namespaces: frozenset[str] = frozenset()


_SOURCES = TypeAdapter(dict[Annotated[str, Field(pattern=DNS_LABEL, max_length=63)], _Stated])


def read_sources(path: Path) -> Mapping[str, Source]:
    """Return the sources in the file at `path`, by name.

    Raises:
        SettingsError: it cannot be read, or something in it cannot be used.
    """
    try:
        stated = _SOURCES.validate_python(yaml.safe_load(path.read_bytes()) or {})
    except OSError as error:
        raise SettingsError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise SettingsError(f"{path}: {place or 'the file'}: {first['msg'].lower()}") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{path}: is not YAML: {' '.join(str(error).split())}") from None
    return {name: _source(f"{path}: {name}", name, one) for name, one in stated.items()}


def _source(place: str, name: str, stated: _Stated) -> Source:
    if bool(stated.url) == (stated.folder is not None):
        raise SettingsError(f"{place}: needs either a url or a folder")
    if stated.folder is not None and (stated.token_file or stated.ca_file):
        raise SettingsError(f"{place}: a folder takes neither tokenFile nor caFile")
    return Source(
        name=name,
        url=_prefix(place, stated.url) if stated.url else "",
        folder=stated.folder,
        token_file=stated.token_file,
        ca_file=stated.ca_file,
        interval_seconds=stated.interval_seconds or (SERVER_SECONDS if stated.url else FOLDER_SECONDS),
        namespaces=stated.namespaces,
    )


def _prefix(place: str, url: str) -> str:
    try:
        parts = split_url(url, ("https",))
    except ValueError:
        parts = None
    if parts is None or parts.query or parts.fragment:
        text = "url must be an address such as https://warehouse.example/exports/: https, no user, no ? and no #"
        raise SettingsError(f"{place}: {text}")
    return url.rstrip("/") + "/"
