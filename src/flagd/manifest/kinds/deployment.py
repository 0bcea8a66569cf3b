"""FlagDeployment: a key that callers show, and with it the flags that they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flagd.manifest.column import MESSAGE, READY, USED_BY, Column
from flagd.manifest.finding import warning
from flagd.manifest.kind import Kind
from flagd.manifest.model import SET, Model
from flagd.manifest.resource import Resource
from flagd.manifest.rules.repetition import repeated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flagd.manifest.finding import Finding

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


class FlagDeployment(Resource):
    """A kind of caller, with the hashes of its keys."""

    kind: Literal["FlagDeployment"] = "FlagDeployment"
    spec: FlagDeploymentSpec


def _check(spec: FlagDeploymentSpec) -> Iterator[Finding]:
    yield from repeated(spec.key_hashes, ("spec", "keyHashes"))
    if not spec.key_hashes:
        yield warning(
            ("spec",), "NoKeys", "has no keyHashes, so that no caller can use it; `flagctl key new` makes one"
        )


KIND = Kind(
    FlagDeployment,
    "fdep",
    check=_check,
    columns=(Column("Type", "string", ".spec.type"), USED_BY, READY, MESSAGE),
    forms={KEY_HASH: "is not the hash of a key: `sha256:` and 64 hexadecimal digits, as `flagctl key new` prints it"},
    inlined=False,
)
