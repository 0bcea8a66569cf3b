from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from flagctl.files.lasting import Lasting
from flagctl.files.staleness import staleness
from flagd.ruleset.outcomes import settled
from tests.unit.flagctl.files.test_staleness import TODAY, compiled, resource


def test_a_flag_is_settled_for_as_long_as_the_cluster_says_so_of_what_it_gives_now() -> None:
    made, now = resource(), datetime(2030, 6, 15, tzinfo=UTC)
    status = {"settledSince": "2030-05-16T00:00:00Z", "settledOn": asdict(settled(compiled(made)))}

    def found(days: int, **told: Any) -> list[str]:
        lasting = Lasting({made.ref: {**status, **told}}, now, timedelta(days=days))
        return [each.detail for each in staleness(made, compiled(made), TODAY, None, lasting)]

    assert found(30) == ['everybody gets "on" since 2030-05-16, 30 days']
    assert found(31) == []
    assert found(30, settledOn={"variant": "off", "digest": "5e1b5c0a"}) == []
    assert found(30, settledSince=None) == []
    assert list(staleness(made, compiled(made), TODAY, None, Lasting({}, now, timedelta()))) == []
