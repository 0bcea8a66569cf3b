from __future__ import annotations

from flagd.manifest import Diagnostic, ResourceRef, Severity
from flagoperator.reconcile.broken import LISTED, Broken, Verdict

CULPRIT = ResourceRef("FlagSegment", "shop", "pro")


def ref(number: int) -> ResourceRef:
    return ResourceRef("Flag", "shop", f"f{number:03}")


def verdict(number: int, concerns: ResourceRef | None = CULPRIT) -> Verdict:
    message, path = "there is no FlagSegment", "spec.segments[0].match[0]"
    finding = Diagnostic(Severity.ERROR, "ReferenceMissing", message, path, ref(number), None, concerns)
    return Verdict((finding,), "generation 1 is still served")


def test_what_many_share_is_told_of_what_they_refer_to_when_broken_and_when_fixed():
    broken = Broken()
    broken.judge({ref(number): verdict(number) for number in range(300)})
    assert {broken.together(ref(number)) for number in range(300)} == {CULPRIT}
    assert broken.told_of(CULPRIT).startswith("300 resources cannot be used")
    assert broken.counts["Flag"] == 300
    broken.judge({ref(number): None for number in range(300)})
    assert {broken.together(ref(number)) for number in range(300)} == {CULPRIT}
    assert broken.refs() == []
    assert broken.counts["Flag"] == 0


def test_few_are_told_each_for_itself():
    broken = Broken()
    broken.judge({ref(number): verdict(number) for number in range(3)})
    assert {broken.together(ref(number)) for number in range(3)} == {None}


def test_a_flag_of_many_that_breaks_again_alone_is_told_alone():
    broken = Broken()
    broken.judge({ref(number): verdict(number) for number in range(9)})
    broken.judge({ref(number): None for number in range(9)})
    broken.judge({ref(0): verdict(0, None)})
    broken.judge({ref(0): None})
    assert broken.together(ref(0)) is None


def test_a_list_is_bounded_and_counts_the_rest():
    broken = Broken()
    broken.judge({ref(number): verdict(number, None) for number in range(LISTED + 7)})
    assert len(broken.told()) == LISTED + 1
    assert broken.told()[-1] == "and 7 more"


def test_no_value_is_told():
    secret = Diagnostic(Severity.ERROR, "InvalidPattern", "maria@ is wrong", "spec.match[0].values[0]", ref(1))
    broken = Broken()
    broken.judge({ref(1): Verdict((secret,), "")})
    assert "maria" not in broken.told()[0]
