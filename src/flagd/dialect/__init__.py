"""Dialect: RE2 patterns as JavaScript's `RegExp` and Python's `re` read them too.

Amplitude's SDKs for local evaluation hand a pattern to the engine of their own language. Those refuse some of what RE2
takes, which loses the SDK every flag of the call, and read some of it otherwise.
"""

from flagd.dialect.translation import Untranslatable, translate

__all__ = ["Untranslatable", "translate"]
