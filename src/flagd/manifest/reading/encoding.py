"""Encoding: manifests are UTF-8, as kubectl and every Git tool want them."""

from __future__ import annotations

import codecs

from flagd.manifest.finding import Finding
from flagd.manifest.reading.files import MAX_BYTES

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def decode(data: bytes) -> str | Finding:
    """Return the text of `data`, or why there is none."""
    if len(data) > MAX_BYTES:
        return Finding((), "TooLarge", f"larger than {MAX_BYTES // 1024**2} MiB; split it into several files")
    for mark, name in _MARKS:
        if data.startswith(mark):
            return Finding((), "NotUtf8", f"encoded in {name}; save it as UTF-8")
    data = data.removeprefix(codecs.BOM_UTF8)
    nul = data.find(b"\0")
    if nul >= 0:
        return Finding(
            (), "NulByte", f"holds a NUL byte (byte {nul + 1}); is it a text file?", line=data.count(b"\n", 0, nul)
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start)
        return Finding((), "NotUtf8", f"byte 0x{data[error.start]:02x} is not UTF-8; save it as UTF-8", line=line)
