"""Reading: files and text to resources, in YAML as kubectl reads it."""

from flagd.manifest.reading.loaded import Loaded
from flagd.manifest.reading.reader import load, load_files, read_text

__all__ = ["Loaded", "load", "load_files", "read_text"]
