from flagctl.rollout.passage import passages


def test_an_entry_says_what_happened_and_by_whom():
    told = {"at": "2026-12-01T09:00:00Z", "from": "5", "to": "25", "reason": "Approved", "by": "ann"}
    assert str(passages({"history": [told]})[0]) == "2026-12-01T09:00:00Z  5→25 %  Approved by ann"
    assert str(passages({"history": [{**told, "by": None}]})[0]).endswith("Approved")
    assert passages({}) == ()
