"""Name: what a flag is called in Python."""

from __future__ import annotations

import keyword
import re

_SEVERAL = re.compile("_+")


def function_name(key: str) -> str:
    """Return the name of the function of a flag: ``new_checkout`` for ``new-checkout``."""
    name = _SEVERAL.sub("_", "".join(each if f"a{each}".isidentifier() else "_" for each in key.lower())).strip("_")
    if not name.isidentifier():
        name = f"flag_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in _TAKEN else name


def class_name(key: str) -> str:
    """Return the beginning of the names of its types: ``NewCheckout``."""
    return "".join(part[:1].upper() + part[1:] for part in function_name(key).split("_") if part)


_TAKEN = {"annotations", "cast", "client", "deprecated", "expired", "payload_of", "user", "variant_of"}
"""What a module that is generated calls otherwise."""
