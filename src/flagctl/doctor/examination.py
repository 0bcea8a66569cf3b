"""Examination: one run of `flagctl doctor` against an API server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flagctl.doctor.diagnosis import diagnosis, lasting, needs_another_look
from flagctl.doctor.looking import look
from flagctl.failure import Unreachable
from flagctl.printable import printable
from flagoperator.cluster.api import Api, ApiError

if TYPE_CHECKING:
    from flagctl.doctor.finding import Finding
    from flagctl.doctor.looking import Question
    from flagoperator.kubeconfig import Connection


async def examine(connection: Connection, question: Question, settle_seconds: float) -> list[Finding]:
    """Return what is to be said; what may go away by itself is looked at again after `settle_seconds`.

    Raises:
        Unreachable: the API server cannot be asked.
        Refused: there are several operators.
    """
    async with Api(connection) as api:
        try:
            found = diagnosis(await look(api, question))
            if not needs_another_look(found):
                return found
            await asyncio.sleep(settle_seconds)
            return lasting(found, diagnosis(await look(api, question)))
        except ApiError as error:
            raise Unreachable(printable(str(error))) from None
