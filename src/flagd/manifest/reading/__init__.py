"""Reading: files and text to resources, in YAML as kubectl reads it."""

from flagd.manifest.reading.loaded import Loaded
from flagd.manifest.reading.reader import load, read_text

__all__ = ["Loaded", "load", "read_text"]
