import pytest

from flagd.compiler.graph.references import KEY, node_named, node_of, reference_path, references, stand_ins
from flagd.compiler.last_good.unreadable import Unreadable
from flagd.manifest.diagnostic import ResourceRef
from tests.unit.flagd.compiler.manifest import cohort, flag, mutex, needing, segment, targeted


@pytest.mark.parametrize(
    ("resource", "node"),
    [
        (flag("f"), (KEY, "f")),
        (flag("f", key="other"), (KEY, "other")),
        (mutex("g", a=100), (KEY, "g")),
        (segment("s"), ("FlagSegment", "s")),
        (cohort("c"), ("FlagCohort", "c")),
        (Unreadable(ResourceRef("Flag", "default", "f"), (KEY, "kept")), (KEY, "kept")),
    ],
)
def test_a_resource_is_named_by_its_kind_and_key(resource, node):
    assert node_of(resource) == node


def test_flags_and_groups_share_their_names():
    assert node_named("Flag", "x") == node_named("FlagGroup", "x") != node_named("FlagSegment", "x")


def test_everything_that_a_flag_names_is_found():
    in_cohort = {"op": "in cohort", "values": ["vip"]}
    resource = targeted("f", in_cohort, refs=("us",), deployments=["web"])
    assert references(resource) == {("FlagCohort", "vip"), ("FlagSegment", "us"), ("FlagDeployment", "web")}


def test_a_reference_has_a_place_and_a_former_one_has_not():
    resource = needing("f", "a", "b")
    assert reference_path(resource, (KEY, "b")) == "spec.prerequisites.flags[1].key"
    assert reference_path(resource, (KEY, "gone")) == "spec"


def test_resources_with_errors_stand_in_where_their_project_is_and_nobody_took_their_place():
    refs = {name: ResourceRef("Flag", name, "f") for name in ("default", "elsewhere")}
    taken = flag("g")
    refused = {refs["default"]: "f", refs["elsewhere"]: "f", taken.ref: "g", ResourceRef("Odd", "default", "o"): "o"}
    assert stand_ins(refused, [taken]) == [Unreadable(refs["default"], (KEY, "f"))]
