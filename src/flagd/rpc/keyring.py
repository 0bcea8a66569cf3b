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

UNAUTHENTICATED = "a valid deployment key is needed: authorization: Api-Key <key>"
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
        self._grants: dict[bytes, list[Grant]] = {}
        for ruleset in rulesets:
            for name, deployment in sorted(ruleset.deployments.items()):
                for key_hash in deployment.key_hashes:
                    digest = bytes.fromhex(key_hash.removeprefix("sha256:"))
                    grant = Grant(ruleset.project, name, deployment.type == "Server")
                    self._grants.setdefault(digest, []).append(grant)

    def grants(self, authorization: str) -> Sequence[Grant]:
        """Return what the key in the header `authorization` opens, at least one thing.

        Raises:
            Unauthenticated: there is no key in it, or one that opens nothing.
        """
        scheme = next((scheme for scheme in _SCHEMES if authorization[: len(scheme)].lower() == scheme), "")
        key = authorization[len(scheme) :].strip() if scheme else ""
        digest = hashlib.sha256(key.encode(errors="replace")).digest()
        grants = self._grants.get(digest, [])
        if not (key and grants):
            raise Unauthenticated(UNAUTHENTICATED)
        return grants
