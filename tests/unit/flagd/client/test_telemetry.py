"""Telemetry: gauges that OpenTelemetry reads, by its own API."""

from opentelemetry.metrics import CallbackOptions, NoOpMeter

from flagd.client import FlagClient, User
from flagd.client.telemetry import GAUGES, observe
from flagd.tracking import Counters
from tests.unit.flagd.client.server import HEARTBEAT, eventually, update
from tests.unit.flagd.client.test_client import _flag, _ruleset


class Meter(NoOpMeter):
    """Keeps the callbacks that an SDK would call."""

    def __init__(self):
        super().__init__("test")
        self.callbacks = {}

    def create_observable_gauge(self, name, callbacks=None, unit="", description=""):
        assert unit
        assert description
        self.callbacks[name] = callbacks[0]

    create_observable_counter = create_observable_gauge

    def read(self):
        found = {name: list(callback(CallbackOptions())) for name, callback in self.callbacks.items()}
        return {name: [(one.value, one.attributes) for one in each] for name, each in found.items()}


def test_gauges_say_how_old_the_flags_are_and_whether_a_server_vouches_for_them(client, server):
    one, meter = client(server.url), Meter()
    observe(one, meter, client="shop")
    caller = server.next()
    assert meter.read()["flagd.client.age"] == []
    stale = type(HEARTBEAT)(stale=True, heartbeat=HEARTBEAT.heartbeat, age_seconds=1000)
    caller.follow(update(_ruleset()), stale)
    one.wait_ready(60)
    told = meter.read()
    assert told.keys() == {*GAUGES, "flagd.client.events"}
    assert told["flagd.client.age"][0][0] >= 1000
    assert told["flagd.client.stale"] == [(1.0, {"client": "shop"})]
    assert told["flagd.client.flags"] == [(2.0, {"client": "shop"})]
    caller.close()
    eventually(lambda: meter.read()["flagd.client.connected"] == [(0.0, {"client": "shop"})])


def test_what_users_did_is_a_counter_by_flag_variant_and_arm(client):
    one, meter = client(bootstrap=[_flag("a")], counters=Counters(flags=["a"], events=["checkout"])), Meter()
    one.wait_ready()
    observe(one, meter)
    one.track("checkout", User("eve"))
    ((count, attributes),) = meter.read()["flagd.client.events"]
    assert count == 1
    assert attributes == {
        "feature_flag.key": "a",
        "feature_flag.result.variant": "on",
        "rollout_arm": "",
        "event": "checkout",
    }


def test_gauges_keep_no_client_alive():
    meter = Meter()
    one = FlagClient(bootstrap=[])
    observe(one, meter)
    one.close()
    del one
    eventually(lambda: meter.read()["flagd.client.connected"] == [])
