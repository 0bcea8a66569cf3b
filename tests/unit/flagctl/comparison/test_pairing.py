from __future__ import annotations

from typing import TYPE_CHECKING

from flagctl.comparison.pairing import Pair, pairs, renamed_namespace
from tests.unit.flagctl.comparison.sides import side
from tests.unit.flagctl.manifest import flag

if TYPE_CHECKING:
    from flagctl.comparison.side import Side


def paired(left: Side, right: Side) -> list[Pair]:
    return pairs(left, right, renamed_namespace(left, right))


def test_resources_of_one_name_are_a_pair_and_the_others_stand_alone() -> None:
    found = paired(side("old", flag("a"), flag("b")), side("new", flag("b"), flag("c")))
    assert [(each.title, each.before is not None, each.after is not None) for each in found] == [
        ("shop/a", True, False),
        ("shop/b", True, True),
        ("shop/c", False, True),
    ]


def test_the_only_namespace_of_a_side_stands_for_that_of_the_other() -> None:
    old, new = side("old", flag("a", namespace="staging")), side("new", flag("a", namespace="prod"))
    assert renamed_namespace(old, new) == ("staging", "prod")
    (pair,) = paired(old, new)
    assert (pair.title, pair.before is None, pair.after is None) == ("prod/a", False, False)


def test_of_several_namespaces_none_stands_for_another() -> None:
    old, new = side("old", flag("a", namespace="x"), flag("a", namespace="y")), side("new", flag("a", namespace="z"))
    assert renamed_namespace(old, new) is None
    assert len(paired(old, new)) == 3


def test_a_resource_with_errors_is_named_with_the_side_that_has_them() -> None:
    (pair,) = paired(side("old", flag("a")), side("new", flag("a", allOtherUsers={"percent": 101})))
    assert (pair.faulty, pair.after) == (("new",), None)


def test_a_flag_is_called_by_its_key() -> None:
    (pair,) = paired(side("old"), side("new", flag("a", key="the-key")))
    assert pair.title == "shop/the-key"
