"""CallFailed: how a call to another server ends that did not end well, whatever carried it."""

from __future__ import annotations


class CallFailed(Exception):
    """The call ended with an error; the text is ``STATUS: message``."""
