"""A flag whose rollout is walked through in tests: its world acknowledges what is asked, its clock is a number."""

from dataclasses import dataclass, field, replace

from flagoperator.rollout import (
    REST,
    Allocation,
    Measurement,
    Plan,
    Ramp,
    Request,
    State,
    Step,
    Subject,
    Verb,
    World,
    first_state,
    percents,
    recorded,
    restored,
    tick,
)
from flagoperator.rollout.ratio import Tally

STANDARD = Plan((Step(5_000, hold=600), Step(25_000, hold=1200), Step(100_000, hold=60)))
MONDAY_NOON = 1_796_040_000 - 1_796_040_000 % 86_400 + 12 * 3600


@dataclass
class Walk:
    """One flag, its operator and its replicas; an operator that is restarted between any two ticks."""

    subject: Subject
    now: int = MONDAY_NOON
    acknowledging: bool = True
    all_paused: bool = False
    measurements: dict[str, Measurement] = field(default_factory=dict)
    admitted: int = 0
    tallies: tuple[Tally, ...] = ()
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = first_state(self.subject, ())

    @property
    def world(self) -> World:
        told = World(paused=self.all_paused, measurements=self.measurements, admitted=self.admitted)
        told = replace(told, tallies=self.tallies)
        if not self.acknowledging:
            return told
        return replace(told, digest=self.subject.digest, percents=percents(self.state.shares))

    def tick(self, seconds: int = 0) -> State:
        self.now += seconds
        self.state = restored(recorded(tick(self.subject, self.state, self.world, float(self.now))))
        return self.state

    def settle(self, most: int = 50) -> State:
        """Tick until nothing happens at this moment."""
        for _ in range(most):
            before = self.state
            if self.tick() == before:
                return before
        raise AssertionError("it never comes to rest")

    def after(self, seconds: int) -> State:
        self.now += seconds
        return self.settle()

    def measure(self, value: float | None = None, guard: str = "errors", *, empty: bool = False) -> State:
        """Let a minute pass, and a guard be measured at its end; without a value it gives none."""
        self.now += 60
        self.measurements[guard] = Measurement(float(self.now), value, "" if value is not None else "away", empty)
        return self.settle()

    def ask(self, verb: Verb, token: str, by: str = "ann") -> State:
        kept = tuple(each for each in self.subject.requests if each.verb is not verb)
        self.subject = replace(self.subject, requests=(*kept, Request(verb, token, by)))
        return self.settle()

    def edit(self, digest: str = "", *, ramp: Ramp | str | None = "kept", **goals: int) -> State:
        """Edit goals, in whole percent, by the name of the allocation without spaces."""
        allocations = tuple(
            replace(each, goal=goals[key] * 1000) if (key := each.name.replace(" ", "")) in goals else each
            for each in self.subject.allocations
        )
        self.subject = replace(self.subject, allocations=allocations, digest=digest or self.subject.digest + "'")
        if not isinstance(ramp, str):
            self.subject = replace(self.subject, ramp=ramp)
        if isinstance(ramp, str) or goals:
            self.subject = replace(self.subject, content=self.subject.digest)
        acknowledging, self.acknowledging = self.acknowledging, False  # nobody has the new form yet
        self.tick()
        self.acknowledging = acknowledging
        return self.state

    def percent(self, name: str = REST) -> float:
        return next(each.percent for each in self.state.shares if each.name == name) / 1000

    @property
    def token(self) -> str:
        assert self.state.run is not None
        return self.state.run.token


def allocation(name: str, percent: int) -> Allocation:
    return Allocation(name, percent * 1000, f"conditions of {name}")


def walk(plan: Plan | None = STANDARD, own: str = "standard", **goals: int) -> Walk:
    """Return a flag with `goals` in whole percent; without any, everybody is its goal."""
    allocations = tuple(allocation(name, percent) for name, percent in goals.items() if name != "rest")
    rest = Allocation(REST, goals.get("rest", 100) * 1000)
    return Walk(Subject("uid", "digest", (*allocations, rest), Ramp(plan, own)))
