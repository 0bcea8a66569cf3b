from __future__ import annotations

from flagctl.comparison.difference import Act, differences
from tests.unit.flagctl.comparison.sides import side
from tests.unit.flagctl.manifest import flag

CHILD = flag("child", prerequisites={"flags": [{"key": "a", "variants": ["on"]}]})


def test_what_is_the_same_is_not_told() -> None:
    assert differences(side("old", flag("a")), side("new", flag("a"))) == []


def test_what_comes_and_goes_is_told() -> None:
    gone, new = differences(side("old", flag("a")), side("new", flag("b")))
    assert (gone.title, gone.act, gone.effects) == ("shop/a", Act.REMOVED, ("callers use their own default",))
    assert (new.title, new.act) == ("shop/b", Act.ADDED)


def test_a_change_names_the_flags_that_feel_it() -> None:
    old = side("old", flag("a"), CHILD)
    (found,) = differences(old, side("new", flag("a", allOtherUsers={"percent": 5}), CHILD))
    assert (found.act, found.changes, found.felt_by) == (
        Act.CHANGED,
        ("All Other Users 100 % → 5 %",),
        ("shop/child",),
    )


def test_what_has_errors_is_not_compared() -> None:
    (found,) = differences(side("old", flag("a")), side("new", flag("a", allOtherUsers={"percent": 101})))
    assert (found.act, found.changes) == (Act.FAULTY, ("it has errors in new, which flagctl lint shows",))
