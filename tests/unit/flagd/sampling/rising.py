"""A flag while a run lets users in by it, and what users get of it."""

from flagd.compiler import compile_project
from flagd.compiler.form.rise import Rise
from flagd.engine import Engine
from tests.unit.flagd.compiler.manifest import flag

REST = "All Other Users"


def rising(now=50_000, start=0, **spec):
    """Return a compiled flag ``f`` whose percentages have risen from `start` to `now`, in units of 0.001 %."""
    made = flag("f", **{"allOtherUsers": {"percent": 100}, "variants": [{"key": "on"}], **spec})
    rise = Rise({REST: now, "Staff": now}, {REST: start, "Staff": start})
    return compile_project([made], project="default", rises={made.ref: rise}).ruleset


def engine_of(ruleset):
    return Engine(ruleset.flags.values(), ruleset.cohorts)


def user(name, **properties):
    return {"user": {"user_id": name, "device_id": f"device of {name}", "user_properties": properties}}
