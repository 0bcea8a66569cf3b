"""Testing: flags that are what a test says, for every client of the process, without a network. A pytest plugin."""

from flagd.testing.flags import Flags
from flagd.testing.plugin import every_variant

__all__ = ["Flags", "every_variant"]
