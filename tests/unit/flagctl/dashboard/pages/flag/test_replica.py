from flagctl.dashboard.pages.flag.replica import only, replicas_of

TOLD = {
    "replicas": [
        {
            "name": "a",
            "ready": True,
            "revision": "1",
            "current": True,
            "generation": 4,
            "percent": "25",
            "lagSeconds": 1,
        },
        {"name": "b", "ready": False, "revision": "0", "current": False, "generation": None, "refused": "too large"},
        {},
    ]
}


def test_a_replica_is_shown_as_far_as_something_is_told():
    first, second, third = replicas_of(TOLD)
    assert (first.name, first.ready, first.current, first.generation, first.lag) == ("a", True, True, "4", 1.0)
    assert (second.current, second.generation, second.refused) == (False, "", "too large")
    assert (third.name, third.ready, third.revision) == ("", False, "")
    assert replicas_of({}) == ()


def test_the_filter_leaves_those_that_differ():
    assert [each.name for each in only(replicas_of(TOLD), "differs")] == ["b", ""]
    assert len(only(replicas_of(TOLD), "anything")) == 3
