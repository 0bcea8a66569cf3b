"""Lookups: what users were given, as tests tell it."""

from flagd.engine.context import evaluation_context
from flagd.engine.variant import Reason, Variant
from flagd.tracking.event import exposures
from flagd.tracking.given import Given
from flagd.tracking.subject import Subject

ON = Variant("on", "on", None, {"segmentName": "pros", "flagVersion": 3}, Reason.TESTER, "pros")
OFF = Variant("off", None, None, {"default": True}, Reason.DEFAULT, "")


class Ruleset:
    """What has answered."""

    source = ("shop", "r1")


def context(user_id="eve", **fields):
    return evaluation_context({"user_id": user_id, **fields})


def event(number=0, **fields):
    given = Given(Subject.of(context(f"user-{number}", **fields)), {"a": ON}, 1_700_000_000_000, *Ruleset.source)
    return next(exposures(given))
