"""ReportSamples: who may report, of which flags, and how much."""

import pytest

from flagd.api.access import Access
from flagd.engine import Engine
from flagd.metrics import Metrics
from flagd.rpc.method import Call
from flagd.rpc.status import InvalidArgument, PermissionDenied, Unauthenticated
from flagd.ruleset import Deployment
from flagd.sampling import Samples
from flagd.sampling.own_samples import MOST_SAMPLES, MOST_TOLD
from flagd.snapshot import Snapshot
from flagd.store import Store
from flagd.sync.publisher.report_samples import ReportSamples
from flagd.v1.ruleset_pb2 import AdmissionQuery, ReportSamplesRequest
from tests.unit.flagd.ruleset.contents import make
from tests.unit.flagd.sampling.rising import rising
from tests.unit.flagd.sampling.test_samples import reported
from tests.unit.flagd.sync.publisher.test_service import CLIENT_KEY, KEY, key_hash

LOCAL, REMOTE = rising(evaluationMode="Local"), rising()
QUERY = AdmissionQuery(project="shop", flag="f", run="run-1")


class Reporting:
    """A flagd that serves the flags of a ruleset, and is asked for users of ``f``."""

    def __init__(self, flags, visible=True, samples=True):
        keys = {
            "backend": Deployment("Server", frozenset({key_hash(KEY)})),
            "web": Deployment("Client", frozenset({key_hash(CLIENT_KEY)})),
        }
        visibility = {"f": {"backend"}} if visible else {}
        ruleset = make(flags, deployments=keys, visibility=visibility, project="shop")
        store = Store()
        store.replace({"shop": Snapshot(ruleset, Engine(ruleset.flags.values()), 0.0)})
        self.samples = Samples() if samples else None
        self.service = ReportSamples(Access(store, Metrics(), "required"), self.samples)
        if self.samples is not None:
            self.samples.report([QUERY], {})

    async def runs(self, *samples, key=KEY):
        call = Call({"authorization": f"Api-Key {key}"} if key else {})
        return list((await self.service.report(ReportSamplesRequest(samples=samples), call)).runs)


async def test_users_of_local_flags_that_the_key_opens_are_counted():
    reporting = Reporting(LOCAL.flags)
    assert await reporting.runs(reported(LOCAL, 50)) == ["run-1"]
    (found,) = reporting.samples.report([QUERY], {})
    assert sum(len(part.slots) for part in found.parts) > 90


@pytest.mark.parametrize(
    ("flags", "more"),
    [(REMOTE.flags, {}), (LOCAL.flags, {"visible": False}), ({}, {}), (LOCAL.flags, {"samples": False})],
    ids=["remote", "of another deployment", "unknown", "no operator"],
)
async def test_of_other_flags_nobody_is_counted(flags, more):
    assert await Reporting(flags, **more).runs(reported(LOCAL, 5)) == [""]


@pytest.mark.parametrize(
    ("key", "error"), [("", Unauthenticated), ("x", Unauthenticated), (CLIENT_KEY, PermissionDenied)]
)
async def test_who_has_no_server_key_is_refused_before_the_message_is_read(key, error):
    reporting = Reporting(LOCAL.flags)
    with pytest.raises(error):
        await reporting.runs(key=key)
    (method,) = reporting.service.methods()
    with pytest.raises(error):
        method.admit(Call({"authorization": f"Api-Key {key}"} if key else {}))


async def test_what_is_reported_at_a_time_is_bounded():
    reporting, one = Reporting(LOCAL.flags), reported(LOCAL, 1)
    with pytest.raises(InvalidArgument, match=f"samples: {MOST_SAMPLES + 1} given, at most {MOST_SAMPLES} allowed"):
        await reporting.runs(*[one] * (MOST_SAMPLES + 1))
    one.parts[0].slots = bytes(2 * (MOST_TOLD + 1))
    with pytest.raises(InvalidArgument, match="slots: "):
        await reporting.runs(one)
