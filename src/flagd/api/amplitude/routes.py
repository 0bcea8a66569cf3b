"""Routes: every endpoint of Amplitude's REST that is served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.api.amplitude.cohort import CohortList
from flagd.api.amplitude.flags import FlagList
from flagd.api.amplitude.stream import FlagStream
from flagd.api.amplitude.vardata import Vardata
from flagd.api.client_rulesets import ClientRulesets
from flagd.rpc.method import Call
from flagd.rpc.route import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.api.access import Access
    from flagd.store import Store


def amplitude_routes(access: Access, store: Store) -> list[Route]:
    """Return the endpoints for remote evaluation, then those for local evaluation."""
    deliveries = ClientRulesets()
    vardata, flags = Vardata(access), FlagList(access, deliveries)

    def admit(headers: Mapping[str, str]) -> None:
        access.admit(Call(headers))

    return [
        Route("GET", "/sdk/v2/vardata", vardata.answer, admit=admit),
        Route("POST", "/sdk/v2/vardata", vardata.answer, admit=admit),
        Route("GET", "/v1/vardata", vardata.answer_legacy, admit=admit),
        Route("GET", "/sdk/v2/flags", flags.answer),
        Route("GET", "/sdk/stream/v1/flags", FlagStream(flags, store).answer),
        Route("GET", "/sdk/v1/cohort/", CohortList(access, deliveries).answer),
    ]
