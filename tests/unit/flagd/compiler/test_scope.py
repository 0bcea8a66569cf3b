import pytest

from flagd.compiler.graph.references import KEY
from flagd.compiler.scope import BROKEN, CohortFace, DeploymentFace, FlagFace, Scope, SegmentFace

FACES = {
    (KEY, "x"): FlagFace(frozenset(["on"]), local=False),
    ("FlagSegment", "x"): SegmentFace([]),
    ("FlagCohort", "x"): CohortFace("User"),
    ("FlagDeployment", "x"): DeploymentFace(),
}
LOOKS = {
    KEY: Scope.flag,
    "FlagSegment": Scope.segment,
    "FlagCohort": Scope.cohort,
    "FlagDeployment": Scope.deployment,
}


def no_limits(_ref):
    return None


@pytest.mark.parametrize("space", LOOKS)
def test_a_name_is_looked_up_among_its_own_kind(space):
    look = LOOKS[space]
    assert look(Scope(FACES.get, no_limits), "x") is FACES[space, "x"]
    assert look(Scope(FACES.get, no_limits), "y") is None
    assert look(Scope({(space, "x"): BROKEN}.get, no_limits), "x") is BROKEN
