from flagd.manifest import KINDS, FlagGroup, validate
from tests.unit.flagd.manifest.findings import group


def test_a_holdout_refers_to_the_cohorts_of_its_testers():
    testers = {"include": {"cohorts": ["staff"]}, "exclude": {"cohorts": ["vip"]}}
    holdout, _ = validate(group(type="Holdout", holdout={"percent": 5, **testers}))
    assert isinstance(holdout, FlagGroup)
    assert [(each.name, each.path[2]) for each in KINDS["FlagGroup"].references(holdout.spec)] == [
        ("staff", "include"),
        ("vip", "exclude"),
    ]


def test_groups_share_their_names_with_flags():
    assert KINDS["FlagGroup"].names == KINDS["Flag"].names
