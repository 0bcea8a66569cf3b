from flagd.manifest import KINDS
from flagd.manifest.crd.status import status_of


def test_an_object_that_nobody_has_looked_at_is_not_ready():
    assert all(status_of(kind)["default"] == {"observedGeneration": -1} for kind in KINDS.values())


def test_a_status_holds_conditions_and_what_the_kind_adds():
    properties = status_of(KINDS["FlagCohort"])["properties"]
    assert {"conditions", "observedGeneration", "usedBy", "usedByCount"} <= properties.keys()
    assert "usedBy" not in status_of(KINDS["Flag"])["properties"]
