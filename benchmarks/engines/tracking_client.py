"""Our client, evaluating in its own process, told of exposures: all but the first of each user are repeats."""

from __future__ import annotations

from typing import Any, cast

from benchmarks.engines import asked, client, flag_keys
from benchmarks.scenario import country_flag
from flagd.client import FlagClient
from flagd.tracking import Tracking


class Decider(client.Decider):
    """See benchmarks.engines.Decider."""

    def __init__(self, flags: int) -> None:
        compiled = cast("list[dict[str, Any]]", [country_flag(key) for key in flag_keys(flags)])
        self._client = FlagClient(bootstrap=compiled, tracking=Tracking(lambda _events: None))
        self._client.wait_ready()
        self._key = asked(flags)
