import pytest

from flagd.compiler.resource import compile_resource
from flagd.compiler.scope import CohortFace, DeploymentFace, Scope
from flagd.ruleset.cohort import Cohort
from flagd.ruleset.deployment import Deployment
from tests.unit.flagd.compiler.manifest import IN_US, cohort, deployment, segment

NOTHING = Scope(lambda _node: None, lambda _ref: None)


@pytest.mark.parametrize(
    ("resource", "face", "product"),
    [
        (cohort("c", "company", ("acme",)), CohortFace("company"), Cohort("company", frozenset(["acme"]))),
        (deployment("web"), DeploymentFace(), Deployment("Client", frozenset())),
    ],
)
def test_what_travels_beside_the_flags_has_a_face_and_a_product(resource, face, product):
    outcome = compile_resource(resource, None, None, NOTHING)
    assert (outcome.face, outcome.product, outcome.diagnostics) == (face, product, ())


def test_a_segment_is_inlined_and_has_no_product():
    outcome = compile_resource(segment("s", IN_US), None, None, NOTHING)
    assert outcome.product is None
    assert [[each["values"] for each in conjunction] for conjunction in outcome.face.alternatives] == [[["US"]]]
