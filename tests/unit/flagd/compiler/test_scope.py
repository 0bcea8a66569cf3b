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


def test_what_is_made_of_the_same_parts_is_made_once():
    scope, made, parts = Scope(FACES.get), [], [["a"], ["b"]]

    def make(of):
        made.append(of)
        return [[{"values": of}]]

    one = scope.once(parts, make)
    assert scope.once(list(parts), make) is one
    assert scope.once(parts[::-1], make) is not one
    assert len(made) == 2


def test_parts_that_are_gone_are_taken_for_no_others():
    scope = Scope(FACES.get)
    for number in range(100):
        assert scope.once([[number]], lambda parts: [[{"values": parts[0]}]]) == [[{"values": [number]}]]


def no_limits(_ref):
    return None


@pytest.mark.parametrize("space", LOOKS)
def test_a_name_is_looked_up_among_its_own_kind(space):
    look = LOOKS[space]
    assert look(Scope(FACES.get, no_limits), "x") is FACES[space, "x"]
    assert look(Scope(FACES.get, no_limits), "y") is None
    assert look(Scope({(space, "x"): BROKEN}.get, no_limits), "x") is BROKEN
