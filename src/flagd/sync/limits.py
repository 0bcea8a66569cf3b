"""Limits: what both ends of the ruleset stream hold each other to."""

from __future__ import annotations

from flagd.backoff import Backoff

SUBSCRIBE = "/flagd.v1.RulesetService/Subscribe"
"""The call of those that follow publishers and acknowledge."""
FOLLOW = "/flagd.v1.RulesetService/Follow"
"""The call of processes that evaluate for themselves."""
REPORT_SAMPLES = "/flagd.v1.RulesetService/ReportSamples"
"""The call by which these say whom they have seen."""
FOLLOWED = 100
"""Most projects of one Follow."""
UPDATE_BYTES = 256 * 1024 * 1024
"""Largest update, in bytes before compression: 100,000 flags of two segments take 153 MB."""
COMPRESSED_BYTES = 16 * 1024
"""Updates larger than this are compressed."""
HELD = 5_000
"""Most projects that a subscriber says it holds."""
RECONNECT = Backoff(0.5, 30)
"""How long anyone who lost a stream waits before the next."""
