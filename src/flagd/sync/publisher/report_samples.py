"""ReportSamples: takes in users whom processes saw that evaluate for themselves, beside those whom flagd answered."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flagd.rpc.limits import check_count
from flagd.rpc.method import Method
from flagd.ruleset.forms.client_ruleset import is_local
from flagd.sampling.own_samples import MOST_SAMPLES, MOST_TOLD
from flagd.sync.limits import REPORT_SAMPLES
from flagd.v1.ruleset_pb2 import ReportSamplesRequest, ReportSamplesResponse

if TYPE_CHECKING:
    from flagd.api.access import Access
    from flagd.api.view import View
    from flagd.rpc.method import Call
    from flagd.sampling import Samples
    from flagd.v1.ruleset_pb2 import UserSample


class ReportSamples:
    """Answers ReportSamples."""

    def __init__(self, access: Access, samples: Samples | None) -> None:
        """Add what is reported to `samples`; None = there is no operator who asks for them."""
        self._access = access
        self._samples = samples

    def methods(self) -> list[Method]:
        """Return the RPC, for `flagd.rpc.instrument.instrument` and then a transport."""
        admit = partial(self._access.admit, server=True)
        return [Method(REPORT_SAMPLES, ReportSamplesRequest, ReportSamplesResponse, unary=self.report, admit=admit)]

    async def report(self, request: ReportSamplesRequest, call: Call) -> ReportSamplesResponse:
        """Take in what is reported of flags that the caller may evaluate; of others nobody is counted."""
        view = self._access.view(request.project, call, server=True)
        check_count(len(request.samples), MOST_SAMPLES, "samples")
        slots = sum(len(part.slots) for each in request.samples for part in each.parts)
        check_count(slots // 2, MOST_TOLD, "slots")
        return ReportSamplesResponse(runs=[self._run(view, each) for each in request.samples])

    def _run(self, view: View, told: UserSample) -> str:
        """Take in one sample; return the run that counts it, empty where none does."""
        ruleset = view.snapshot.ruleset
        source = ruleset.flags.get(told.flag)
        if self._samples is None or source is None or not is_local(source) or not view.sees(told.flag):
            return ""
        return self._samples.receive(ruleset.project, source, told)
