import pytest

from flagd.compiler.form.bucketing import Bucketed
from flagd.compiler.form.rollout import compile_rollout, effective_thousandths
from tests.unit.flagd.compiler.manifest import flag

BY = Bucketed("User", ("context", "user", "user_id"), "salt")
ONE, TWO = (("on", 1),), (("a", 1), ("b", 1))


def rollout(percent):
    return flag("f", allOtherUsers={"percent": percent}).spec.all_other_users


@pytest.mark.parametrize(("asked", "served"), [(None, 0), ("0.001", 1), (50, 50_000), (100, 100_000)])
def test_what_is_served_is_what_is_asked_for(asked, served):
    assert effective_thousandths(None if asked is None else rollout(asked)) == served


def test_everybody_of_one_variant_needs_no_bucket():
    assert compile_rollout(100_000, ONE, BY) == {"variant": "on"}


def test_nobody_needs_no_bucket():
    assert compile_rollout(0, TWO, BY) == {"variant": "off"}


@pytest.mark.parametrize(("share", "split"), [(99_999, ONE), (100_000, TWO)])
def test_all_else_is_hashed(share, split):
    segment = compile_rollout(share, split, BY)
    assert segment["variant"] == "off"
    assert segment["bucket"]["salt"] == "salt"
    assert segment["bucket"]["selector"] == ["context", "user", "user_id"]
