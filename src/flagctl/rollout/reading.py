"""Reading: the rollouts of a cluster, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagctl.live.refusal import failure
from flagctl.rollout.flags import find_flags
from flagctl.rollout.view import view_of
from flagoperator.cluster.api import Api, ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flagctl.live.target import Target
    from flagctl.rollout.view import View


async def read_views(target: Target, names: Sequence[str]) -> list[View]:
    """Return the views of the flags `names`; without names of all in the namespace, by name.

    Raises:
        Refused: one is not there.
        Unreachable: the API server cannot be asked.
    """
    async with Api(target.connection) as api:
        try:
            return [view_of(each) for each in await find_flags(api, target.namespace, names)]
        except ApiError as error:
            raise failure(error) from None
