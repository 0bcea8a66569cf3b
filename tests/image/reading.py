"""Reading: what is in an OCI archive."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _blob(tar: tarfile.TarFile, descriptor: dict[str, Any]) -> bytes:
    file = tar.extractfile("blobs/" + descriptor["digest"].replace(":", "/"))
    assert file is not None
    return file.read()


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    index = tar.extractfile("index.json")
    assert index is not None
    return dict(json.loads(_blob(tar, json.load(index)["manifests"][0])))


def read(archive: Path) -> dict[str, Any]:
    """Return the configuration of an image."""
    with tarfile.open(archive) as tar:
        return dict(json.loads(_blob(tar, _manifest(tar)["config"])))


def members(archive: Path) -> list[str]:
    """Return the path of every file in the layers of an image."""
    return [name for layer in _layers(archive) for name in layer.getnames()]


def unpack(archive: Path, folder: Path) -> None:
    """Write the root file system of an image, as a runtime does."""
    for layer in _layers(archive):
        layer.extractall(folder, filter="tar")


def _layers(archive: Path) -> Iterator[tarfile.TarFile]:
    with tarfile.open(archive) as tar:
        layers = [_blob(tar, each) for each in _manifest(tar)["layers"]]
    for layer in layers:
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(layer))) as tar:
            yield tar
