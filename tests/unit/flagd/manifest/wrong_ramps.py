"""Wrong ramps and plans: what they are, where they are wrong, the reason and a part of the message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.unit.flagd.manifest.findings import MATCH, flag, resource

if TYPE_CHECKING:
    from tests.unit.flagd.manifest.wrong import Wrong

HUNDRED = [{"percent": 100}]
FIVE: dict[str, Any] = {"match": MATCH, "rollout": {"percent": 5}}
WINDOW = {"days": ["Mon"], "from": "09:00", "to": "16:00", "timeZone": "Europe/Berlin"}


def plan(steps: Any = HUNDRED, **spec: Any) -> dict[str, Any]:
    return resource("FlagRolloutPlan", {"steps": steps, **spec})


def guard(query: str = 'sum(errors{flag="{{flag}}"})', **spec: Any) -> dict[str, Any]:
    found = {"name": "error-rate", "prometheus": {"query": query}, "max": "0.02"} | spec
    return {name: value for name, value in found.items() if value is not None}


def comparing(failures: str = "errors_total", **spec: Any) -> dict[str, Any]:
    spec = {"prometheus": None, "max": None, "compare": {"failures": failures, "attempts": "requests_total"}} | spec
    return guard(**spec)


def steps(*percents: Any) -> list[dict[str, Any]]:
    return [{"percent": each} for each in percents]


RAMPS: dict[str, Wrong] = {
    "steps that fall": (
        plan(steps(5, 25, "7.5", 100)),
        "spec.steps[2].percent",
        "NotRising",
        "`7.5` is not above the step before it",
    ),
    "steps that stand still": (plan(steps("5", "5.0", 100)), "spec.steps[1].percent", "NotRising", "must rise"),
    "steps that fall in a ramp": (
        flag(ramp={"steps": steps(50, 10, 100)}),
        "spec.ramp.steps[1].percent",
        "NotRising",
        "must rise",
    ),
    "steps that fall in a phase": (
        plan(phases=[{"segments": ["Staff"], "steps": steps(50, 10, 100)}]),
        "spec.phases[0].steps[1].percent",
        "NotRising",
        "must rise",
    ),
    "a rate in a comparison": (
        plan(guards=[comparing("rate(errors_total[5m])")]),
        "spec.guards[0].compare.failures",
        "InvalidQuery",
        "rate() extrapolates",
    ),
    "a sum in a comparison": (
        plan(guards=[comparing("sum(errors_total)")]),
        "spec.guards[0].compare.failures",
        "InvalidQuery",
        "write the counter itself",
    ),
    "a comparison of queries and of events": (
        plan(
            guards=[comparing() | {"compare": {**comparing()["compare"], "events": {"failures": "a", "attempts": "b"}}}]
        ),
        "spec.guards[0].compare",
        "AmbiguousGuard",
        "`events` in place of both",
    ),
    "a comparison of one query": (
        plan(guards=[comparing() | {"compare": {"failures": "errors_total"}}]),
        "spec.guards[0].compare",
        "AmbiguousGuard",
        "`events` in place of both",
    ),
    "a guard that measures and compares": (
        plan(guards=[comparing(prometheus={"query": "vector(1)"})]),
        "spec.guards[0]",
        "AmbiguousGuard",
        "write one of `prometheus` and `compare`",
    ),
    "a bound of a comparison": (
        plan(guards=[comparing(max=1)]),
        "spec.guards[0].max",
        "UnwantedField",
        "not beside `compare`",
    ),
    "a margin that is none": (
        plan(guards=[comparing() | {"compare": {**comparing()["compare"], "margin": "0.5"}}]),
        "spec.guards[0].compare.margin",
        "OutOfRange",
        "from 1 to 10",
    ),
    "an alpha of everything": (plan(alpha=1), "spec.alpha", "OutOfRange", "at most 0.5"),
    "an alpha beside a plan": (
        flag(ramp={"plan": "standard", "alpha": "0.01"}),
        "spec.ramp.alpha",
        "UnwantedField",
        "",
    ),
    "a step of nobody": (plan(steps(0, 100)), "spec.steps[0].percent", "NotRising", "is not above 0"),
    "a last step below 100": (
        plan(steps(5, "99.9")),
        "spec.steps[1].percent",
        "LastNotHundred",
        "is not 100; the last step is",
    ),
    "a percentage with a sign": (plan(steps("5%", 100)), "spec.steps[0].percent", "InvalidPercent", "write 5"),
    "an hour in words": (
        plan([{"percent": 100, "hold": "1 hour"}]),
        "spec.steps[0].hold",
        "InvalidForm",
        "`1 hour` is not a duration; write numbers with d, h, m or s, such as 30m or 1d12h",
    ),
    "an hour and a half": (plan([{"percent": 100, "hold": "1.5h"}]), "spec.steps[0].hold", "InvalidForm", "such as"),
    "a hold beyond the calendar": (
        plan([{"percent": 100, "hold": "999999d"}]),
        "spec.steps[0].hold",
        "InvalidForm",
        "is not a duration",
    ),
    "a hold without a unit": (
        plan([{"percent": 100, "hold": 30}]),
        "spec.steps[0].hold",
        "WrongType",
        "`30` is not a duration; write numbers with d, h, m or s, such as 30m or 1d12h",
    ),
    "a hold with one unit too few": (
        plan([{"percent": 100, "hold": "1h30"}]),
        "spec.steps[0].hold",
        "InvalidForm",
        "30m",
    ),
    "a hold with a space": (plan([{"percent": 100, "hold": "1h 30m"}]), "spec.steps[0].hold", "InvalidForm", "1d12h"),
    "a hold of weeks": (plan([{"percent": 100, "hold": "1w"}]), "spec.steps[0].hold", "InvalidForm", "with d, h, m"),
    "a hold that goes back": (plan([{"percent": 100, "hold": "-1h"}]), "spec.steps[0].hold", "InvalidForm", "such as"),
    "a hold of nothing": (plan([{"percent": 100, "hold": ""}]), "spec.steps[0].hold", "InvalidForm", "such as"),
    "a hold in other digits": (plan([{"percent": 100, "hold": "１h"}]), "spec.steps[0].hold", "InvalidForm", "such as"),
    "a percentage in powers of ten": (plan(steps("1e1", 100)), "spec.steps[0].percent", "InvalidPercent", "0.001"),
    "a percentage with a space": (plan(steps(" 5", 100)), "spec.steps[0].percent", "InvalidPercent", "write 5"),
    "a percentage with a comma": (plan(steps("1,5", 100)), "spec.steps[0].percent", "InvalidPercent", "0.001"),
    "a percentage below 0": (plan(steps(-5, 100)), "spec.steps[0].percent", "InvalidPercent", "write 0 to 100"),
    "a percentage above 100": (plan(steps(5, "100.0005")), "spec.steps[1].percent", "InvalidPercent", "0 to 100"),
    "a percentage finer than can be": (plan(steps("0.0005", 100)), "spec.steps[0].percent", "InvalidPercent", "0.001"),
    "a percentage that is a fraction": (plan(steps(0.5, 100)), "spec.steps[0].percent", "UnquotedFraction", '"0.5"'),
    "steps of one": (plan([5]), "spec.steps[0]", "WrongType", "write a mapping"),
    "a deadline of nothing": (plan(deadline="0s"), "spec.deadline", "TooShort", "over before the first step"),
    "a deadline without a unit": (plan(deadline=7), "spec.deadline", "WrongType", "is not a duration"),
    "a deadline in words": (plan(deadline="a week"), "spec.deadline", "InvalidForm", "is not a duration"),
    "no steps": (plan([]), "spec.steps", "Empty", "is empty"),
    "twenty-one steps": (plan(steps(*range(1, 21), 100)), "spec.steps", "LimitExceeded", "at most 20"),
    "a ramp that says nothing": (flag(ramp={}), "spec.ramp", "AmbiguousRamp", "says nothing; write one of"),
    "a ramp that is not immediate": (flag(ramp={"immediate": False}), "spec.ramp", "AmbiguousRamp", "says nothing"),
    "a plan and steps": (
        flag(ramp={"plan": "standard", "steps": HUNDRED}),
        "spec.ramp",
        "AmbiguousRamp",
        "says more than one thing",
    ),
    "a plan and at once": (flag(ramp={"plan": "standard", "immediate": True}), "spec.ramp", "AmbiguousRamp", "more"),
    "a deadline beside a plan": (
        flag(ramp={"plan": "standard", "deadline": "7d"}),
        "spec.ramp.deadline",
        "UnwantedField",
        "write it into the plan",
    ),
    "an unknown day": (plan(windows=[WINDOW | {"days": ["Monday"]}]), "spec.windows[0].days[0]", "UnknownValue", "Mon"),
    "a day twice": (plan(windows=[WINDOW | {"days": ["Mon", "Mon"]}]), "spec.windows[0].days[1]", "Repeated", "once"),
    "a day in small letters": (
        plan(windows=[WINDOW | {"days": ["mon"]}]),
        "spec.windows[0].days[0]",
        "UnknownValue",
        "Mon",
    ),
    "days in one word": (
        plan(windows=[WINDOW | {"days": ["Mon-Fri"]}]),
        "spec.windows[0].days[0]",
        "UnknownValue",
        "Mon",
    ),
    "an hour that no day has": (plan(windows=[WINDOW | {"to": "24:01"}]), "spec.windows[0].to", "InvalidForm", "09:00"),
    "an hour of a clock with hands": (
        plan(windows=[WINDOW | {"from": "9:00"}]),
        "spec.windows[0].from",
        "InvalidForm",
        'write it as "09:00"',
    ),
    "a time without an offset": (
        plan(notBefore="2026-12-01T09:00:00"),
        "spec.notBefore",
        "InvalidForm",
        'write it as "2026-12-01T09:00:00Z"',
    ),
    "a date without a time": (plan(notBefore="2026-12-01"), "spec.notBefore", "InvalidForm", "with an offset"),
    "an offset that no place has": (
        plan(notBefore="2026-12-01T09:00:00+25:00"),
        "spec.notBefore",
        "InvalidForm",
        "the calendar",
    ),
    "a thirtieth of February": (
        plan(notBefore="2026-02-30T09:00:00Z"),
        "spec.notBefore",
        "InvalidForm",
        "the calendar",
    ),
    "a thirteenth month": (plan(notBefore="2026-13-01T09:00:00Z"), "spec.notBefore", "InvalidForm", "the calendar"),
    "an unknown time zone": (
        plan(windows=[WINDOW | {"timeZone": "Europe/Berlim"}]),
        "spec.windows[0].timeZone",
        "UnknownTimeZone",
        "write a name of the IANA list, such as Europe/Berlin",
    ),
    "an offset for a time zone": (
        plan(windows=[WINDOW | {"timeZone": "CET+1"}]),
        "spec.windows[0].timeZone",
        "UnknownTimeZone",
        "`CET+1` is not a time zone",
    ),
    "the time zone of a machine": (
        plan(windows=[WINDOW | {"timeZone": "localtime"}]),
        "spec.windows[0].timeZone",
        "UnknownTimeZone",
        "is not a time zone",
    ),
    "a time zone in small letters": (
        plan(windows=[WINDOW | {"timeZone": "america/new_york"}]),
        "spec.windows[0].timeZone",
        "UnknownTimeZone",
        "such as America/New_York",
    ),
    "a path for a time zone": (
        plan(windows=[WINDOW | {"timeZone": "../../etc/passwd"}]),
        "spec.windows[0].timeZone",
        "UnknownTimeZone",
        "is not a time zone",
    ),
    "a window that never opens": (
        plan(windows=[WINDOW | {"to": "09:00"}]),
        "spec.windows[0].to",
        "EmptyWindow",
        "24:00",
    ),
    "a window that opens at the end of a day": (
        plan(windows=[WINDOW | {"from": "24:00"}]),
        "spec.windows[0].from",
        "InvalidForm",
        "the day after",
    ),
    "a phase of nobody": (plan(phases=[{}]), "spec.phases[0]", "Empty", "names nobody"),
    "an audience in two phases": (
        plan(phases=[{"segments": ["Staff"]}, {"segments": ["Staff"], "allOtherUsers": True}]),
        "spec.phases[1]",
        "Repeated",
        "`Staff` rises in the phase [0] already",
    ),
    "a guard without bounds": (
        plan(guards=[guard(max=None)]),
        "spec.guards[0]",
        "MissingField",
        "write `max`",
    ),
    "guards beside a plan": (
        flag(ramp={"plan": "standard", "guards": [guard()]}),
        "spec.ramp.guards",
        "UnwantedField",
        "write it into the plan",
    ),
    "two guards of one name": (plan(guards=[guard(), guard()]), "spec.guards[1].name", "Repeated", "error-rate"),
    "a bound that is a fraction": (plan(guards=[guard(max=0.02)]), "spec.guards[0].max", "UnquotedFraction", '"0.02"'),
    "a bound in percent": (plan(guards=[guard(max="2%")]), "spec.guards[0].max", "InvalidForm", 'such as "0.02"'),
    "bounds that cross": (plan(guards=[guard(min=1)]), "spec.guards[0].min", "EmptyRange", "above the `max`"),
    "a query that is no PromQL": (
        plan(guards=[guard("sum(rate(errors_total[5m])")]),
        "spec.guards[0].prometheus.query",
        "InvalidQuery",
        "the query is not PromQL",
    ),
    "a query of a range": (
        plan(guards=[guard("errors_total[5m]")]),
        "spec.guards[0].prometheus.query",
        "InvalidQuery",
        "it must give one number",
    ),
    "a placeholder outside of quotes": (
        plan(guards=[guard("rate({{flag}}_errors[5m])")]),
        "spec.guards[0].prometheus.query",
        "InvalidQuery",
        "outside of quotes",
    ),
    "a query too long": (
        plan(guards=[guard("x" * 4097)]),
        "spec.guards[0].prometheus.query",
        "LimitExceeded",
        "4,096",
    ),
    "nine guards": (plan(guards=[guard(name=f"g{n}") for n in range(9)]), "spec.guards", "LimitExceeded", "at most 8"),
    "a guard with a capital": (plan(guards=[guard(name="Errors")]), "spec.guards[0].name", "InvalidForm", "lower case"),
    "a guard every second": (
        plan(guards=[guard(interval="1s")]),
        "spec.guards[0].interval",
        "TooShort",
        "least 10s",
    ),
    "a guard that shouts": (
        plan(guards=[guard(onFailure="Shout")]),
        "spec.guards[0].onFailure",
        "UnknownValue",
        "Rollback",
    ),
    "fewer than no evaluations": (
        plan([{"percent": 100, "minEvaluations": -1}]),
        "spec.steps[0].minEvaluations",
        "OutOfRange",
        "0",
    ),
    "too many segments": (
        flag(ramp={"plan": "standard"}, segments=[{"name": f"s{number}", **FIVE} for number in range(100)]),
        "spec.segments",
        "LimitExceeded",
        "a flag with a ramp has at most 99",
    ),
}
ONLY_LINT = {
    "an offset for a time zone": "the API server knows no time zones",
    "the time zone of a machine": "the API server knows no time zones",
    "a time zone in small letters": "the API server knows no time zones",
    "a deadline of nothing": "CEL reads no days",
    "an offset that no place has": "the API server asks for the form of an offset only",
    "an unknown time zone": "the API server knows no time zones",
    "a path for a time zone": "the API server knows no time zones",
    "a window that never opens": "CEL could see it, and the estimate of its cost is near its limit",
    "a window that opens at the end of a day": "the same",
    "a phase of nobody": "the same",
    "an audience in two phases": "the same",
    "bounds that cross": "CEL reads no quoted number without knowing its form first",
    "a query that is no PromQL": "the API server knows no PromQL",
    "a query of a range": "the API server knows no PromQL",
    "a rate in a comparison": "the API server knows no PromQL",
    "a sum in a comparison": "the API server knows no PromQL",
    "a margin that is none": "CEL reads no quoted number without knowing its form first",
    "an alpha of everything": "the same",
    "a placeholder outside of quotes": "the API server knows no PromQL",
    "a guard every second": "CEL reads no days",
    "too many segments": "without a ramp more are allowed",
}
RIGHT = {
    "a plan": plan(
        [
            {"percent": "0.5", "hold": "30m", "minEvaluations": 5000},
            {"percent": 5, "hold": "1d12h", "approval": True},
            {"percent": "100"},
        ],
        alpha="0.05",
        windows=[WINDOW, {"from": "22:00", "to": "04:00"}, {"from": "00:00", "to": "24:00"}],
        phases=[{"segments": ["Staff"]}, {"allOtherUsers": True, "steps": HUNDRED}],
        notBefore="2026-12-01T09:00:00+01:00",
        deadline="7d",
        onDeadline="Rollback",
        paused=False,
        default=True,
        guards=[
            guard(interval="30s", failureLimit=2, consecutiveErrorLimit=4, onNoData="Failure", onFailure="Pause"),
            guard("rate(x[5m])", name="latency", min="-0.5", max=500, onFailure="Report"),
            comparing(name="compared", interval="30s", consecutiveErrorLimit=2),
            guard(name="told", prometheus=None, max=None, compare={"events": {"failures": "a-b", "attempts": "a"}}),
        ],
    ),
    "a flag with a plan": flag(ramp={"plan": "standard"}),
    "a flag with a plan and a brake": flag(ramp={"plan": "standard", "paused": True}),
    "a flag with steps": flag(ramp={"steps": steps(5, 100), "deadline": "7d"}),
    "a flag without a brake": flag(ramp={"immediate": True}),
}
