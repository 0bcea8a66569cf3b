"""Archive: folders → an OCI image as a tar, which `ctr images import`, `skopeo` and `podman load` read.

Everything belongs to root and has one date, so that the same folders give the same image.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import platform
import tarfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

USER = "65532:65532"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_TYPE = "application/vnd.oci.image"


def _normalised(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Strip owner and date of a file; None leaves a device out, as containers get their own."""
    entry.uid = entry.gid = 0
    entry.mtime = 0
    entry.uname = entry.gname = ""
    return None if entry.isdev() else entry


def _layer(root: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(root.iterdir()):  # below that, tarfile sorts
            tar.add(path, path.name, filter=_normalised)
    return packed.getvalue()


class Archive:
    """An OCI layout that is being written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def put(self, name: str, data: bytes) -> None:
        """Write a file."""
        entry = tarfile.TarInfo(name)
        entry.size = len(data)
        self._tar.addfile(entry, io.BytesIO(data))

    def blob(self, data: bytes, kind: str) -> dict[str, Any]:
        """Write a blob, and return its descriptor."""
        digest = hashlib.sha256(data).hexdigest()
        self.put(f"blobs/sha256/{digest}", data)
        return {"mediaType": f"{_TYPE}.{kind}", "digest": f"sha256:{digest}", "size": len(data)}

    def json(self, value: object, kind: str) -> dict[str, Any]:
        """Write a blob of JSON, and return its descriptor."""
        return self.blob(json.dumps(value, sort_keys=True).encode(), kind)


def write(path: Path, name: str, roots: Sequence[Path], entrypoint: str, labels: Mapping[str, str]) -> str:
    """Write an image of `roots`, the lowest first, to `path`, and return the digest of its manifest."""
    with tarfile.open(path, "w") as tar:
        archive = Archive(tar)
        plain = [_layer(root) for root in roots]
        layers = [archive.blob(gzip.compress(data, 6, mtime=0), "layer.v1.tar+gzip") for data in plain]
        diffs = [f"sha256:{hashlib.sha256(data).hexdigest()}" for data in plain]
        config = archive.json(_config(entrypoint, labels, diffs), "config.v1+json")
        whole = {"schemaVersion": 2, "mediaType": f"{_TYPE}.manifest.v1+json", "config": config, "layers": layers}
        manifest = archive.json(whole, "manifest.v1+json")
        named = {**manifest, "annotations": {"io.containerd.image.name": name}}
        archive.put("index.json", json.dumps({"schemaVersion": 2, "manifests": [named]}).encode())
        archive.put("oci-layout", b'{"imageLayoutVersion": "1.0.0"}')
    return str(manifest["digest"])


def _config(entrypoint: str, labels: Mapping[str, str], diffs: Sequence[str]) -> dict[str, Any]:
    run = {
        "Entrypoint": [entrypoint],
        "User": USER,
        "WorkingDir": "/",
        "Labels": dict(labels),
        "Env": [
            "PATH=/usr/local/bin:/usr/bin:/bin",
            "PYTHONUNBUFFERED=1",
            "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
        ],
    }
    architecture = _ARCHITECTURES[platform.machine()]
    return {"architecture": architecture, "os": "linux", "config": run, "rootfs": {"type": "layers", "diff_ids": diffs}}
