"""Keyring: what every deployment key opens.

A key is looked up by its SHA-256, so the time taken says nothing about keys that exist.
Whatever is wrong with a key, the caller reads the same text.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.rpc.status import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flagd.ruleset import Ruleset

UNAUTHENTICATED = "a valid deployment key is required: authorization: Api-Key <key>"
_SCHEMES = ("api-key ", "bearer ")


@dataclass(frozen=True, slots=True)
class Grant:
    """What one deployment key opens.

    Attributes:
        project: namespace of the FlagDeployment.
        deployment: its name.
        server: whether it is a Server key, which may also explain and read rulesets.
    """

    project: str
    deployment: str
    server: bool


class Keyring:
    """The keys of some rulesets."""

    def __init__(self, rulesets: Iterable[Ruleset] = ()) -> None:
        self._grants: dict[str, list[Grant]] = {}
        for ruleset in rulesets:
            for name, deployment in sorted(ruleset.deployments.items()):
                for written in deployment.key_hashes:
                    digest = written.removeprefix("sha256:")
                    grant = Grant(ruleset.project, name, deployment.type == "Server")
                    self._grants.setdefault(digest, []).append(grant)

    def grants(self, authorization: str) -> Sequence[Grant]:
        """Return what the key in the header `authorization` opens, at least one thing.

        Raises:
            Unauthenticated: there is no key in it, or one that opens nothing.
        """
        return self.grants_of(key_hash(authorization))

    def grants_of(self, digest: str) -> Sequence[Grant]:
        """Return what the key with this hash opens. Raises as `grants` does."""
        grants = self._grants.get(digest, [])
        if not grants:
            raise Unauthenticated(UNAUTHENTICATED)
        return grants


def key_hash(authorization: str) -> str:
    """Return the SHA-256 of the key in the header `authorization`, in hexadecimal digits; "" without a key."""
    scheme = next((scheme for scheme in _SCHEMES if authorization[: len(scheme)].lower() == scheme), "")
    key = authorization[len(scheme) :].strip() if scheme else ""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest() if key else ""
