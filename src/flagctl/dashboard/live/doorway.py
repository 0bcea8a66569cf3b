"""Doorway: the API server, and how a person stands before it: with a token of their own, or as the kubeconfig says."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flagctl.dashboard.live.person import Person
from flagctl.rollout.verbs import username
from flagoperator.cluster.api import Api
from flagoperator.kubeconfig.connection import Connection
from flagoperator.kubeconfig.section import Section

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flagctl.dashboard.live.operator import Operator
    from flagoperator.cluster.api import ApiError
    from flagoperator.kubeconfig.document import Selection

LONGEST_TOKEN = 16 * 1024
MOST_CONNECTIONS = 512
"""To the API server, by all people together: each watch holds one."""
UNAUTHORIZED = 401


class TokenError(ValueError):
    """What was given is not a token. The message says why."""


@dataclass(frozen=True, slots=True)
class Doorway:
    """One API server.

    Attributes:
        find: reads where it is, and who we are to it.
        namespaces: those that are shown; empty = all.
        verbs_need_rights: whether only those may ask for a verb who hold a right of its name.
        operator: tells what each replica serves; None = nobody does.
    """

    find: Callable[[], Selection]
    namespaces: Sequence[str] = ()
    verbs_need_rights: bool = False
    operator: Operator | None = None

    def pool(self) -> Api:
        """Return what holds the connections of all people, to be entered; it asks nothing itself."""
        return Api(Connection(self.find, os.environ), MOST_CONNECTIONS)

    async def owner(self, pool: Api) -> Person:
        """Return the one that the kubeconfig names. Raises ApiError."""
        return await self._person(pool)

    async def bearer(self, token: str, pool: Api) -> Person:
        """Return whose `token` is.

        Raises:
            TokenError: it cannot be one.
            ApiError: the API server refuses it, or cannot be asked.
        """
        token = token.strip()
        if not token or len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
            raise TokenError("a token is one line of letters, digits, dots, dashes and underscores")

        def find() -> Selection:
            return replace(self.find(), user=Section("the visitor", {"token": token}))

        return await self._person(pool.over(Connection(find, {})))

    async def _person(self, api: Api) -> Person:
        return Person(api, await username(api), self.namespaces, self.verbs_need_rights, self.operator)


def is_refused(error: ApiError) -> bool:
    """Return whether `error` says that the API server does not know whose credentials these are."""
    return error.status == UNAUTHORIZED
