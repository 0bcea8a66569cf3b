"""FlagDeployment: a key that callers show, and with it the flags that they may see."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from flagd.manifest.model import SET, Model

KEY_HASH = r"^sha256:[0-9a-f]{64}$"

KeyHash = Annotated[str, Field(max_length=71, pattern=KEY_HASH)]
"""SHA-256 of a deployment key, as `flagctl key new` prints it."""


class FlagDeploymentSpec(Model):
    """One kind of caller. Flags name the deployments that may see them."""

    type: Literal["Client", "Server"] = Field(
        description="Client keys evaluate; Server keys also explain and read compiled flags and cohorts."
    )
    key_hashes: list[KeyHash] = Field(
        default_factory=list,
        max_length=16,
        description="Hashes of the keys that are valid; several while rotating.",
        json_schema_extra=SET,
    )
