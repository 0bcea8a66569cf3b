from tests.unit.flagd.manifest.findings import found, resource


def plan(*percents):
    return resource("FlagRolloutPlan", {"steps": [{"percent": percent} for percent in percents]})


def test_the_steps_of_a_plan_rise_to_100():
    assert found(plan(1, "0.5", 100)) != []
    assert found(plan(1, 50)) != []
    assert found(plan("0.5", 1, 100)) == []
