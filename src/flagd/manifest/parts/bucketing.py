"""Bucketing: what decides a user's bucket."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from flagd.condition.attribute import PATTERN
from flagd.manifest.cel import Rule
from flagd.manifest.model import Key, Model, Name

KEY_RULE = Rule(
    f"self.matches(r'''{PATTERN}''')",
    "'`' + self + '` is not an attribute; write user.user_id, user.properties.<name> or groups.<type>.name'",
)


class Bucketing(Model):
    """What decides a user's bucket: murmur3 of salt and the text of the key."""

    unit: Name = Field(default="User", description="User, or a group type such as company.")
    key: Annotated[str, Field(min_length=1, max_length=1024)] | None = Field(
        default=None,
        description="Attribute path of the value that is hashed; user.user_id when absent, or groups.<unit>.name.",
    )
    salt: Key | None = Field(default=None, description="String hashed before the value; the flag's key when absent.")
