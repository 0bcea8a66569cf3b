from flagd.manifest.parts import testers as parts


def test_the_cohorts_of_testers_are_named_with_their_place():
    testers = parts.Testers(cohorts=["vip", "staff"])
    assert [(each.kind, each.name, each.path) for each in parts.tester_references(testers, ("spec",))] == [
        ("FlagCohort", "vip", ("spec", "cohorts", 0)),
        ("FlagCohort", "staff", ("spec", "cohorts", 1)),
    ]
    assert list(parts.tester_references(None, ("spec",))) == []
