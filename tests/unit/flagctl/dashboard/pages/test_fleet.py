from flagctl.dashboard.pages.fleet import fleet_of


def test_the_leader_the_latency_and_each_replica_are_shown():
    told = {
        "leader": "op-a",
        "term": 3,
        "outdatedDefinitions": 2,
        "acknowledged": {"count": 2, "meanSeconds": 0.25},
        "replicas": [{"name": "a", "ready": True, "behind": 1, "refused": 0, "lagSeconds": 3, "connectedSince": "x"}],
    }
    fleet = fleet_of(told)
    assert fleet is not None
    assert (fleet.leader, fleet.term, fleet.latency, fleet.changes) == ("op-a", 3, 0.25, 2)
    assert fleet.definitions.startswith("2 of an older release")
    assert [(each.name, each.behind, each.lag) for each in fleet.replicas] == [("a", 1, 3.0)]


def test_without_an_answer_there_is_no_fleet_and_before_the_first_change_no_latency():
    assert fleet_of({}) is None
    fleet = fleet_of({"replicas": [], "acknowledged": {"count": 0, "meanSeconds": None}})
    assert fleet is not None
    assert fleet.latency is None
