"""Bucketing: what decides a user's bucket."""

from __future__ import annotations

from pydantic import Field

from flagd.manifest.model import Attribute, Key, Model, Name


class Bucketing(Model):
    """What decides a user's bucket: murmur3 of salt and the text of the key."""

    unit: Name = Field(default="User", description="User, or a group type such as company.")
    key: Attribute | None = Field(
        default=None,
        description="Attribute path of the value that is hashed; user.user_id when absent, or groups.<unit>.name.",
    )
    salt: Key | None = Field(default=None, description="Text hashed before the value; the flag's key when absent.")
