"""Flags that reach less far than their manifests ask for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.compiler import compile_project
from flagd.compiler.form.limit import REST, admitted, limited
from flagd.compiler.form.rise import Rise
from flagd.manifest import Flag, validate
from flagd.manifest.parts.percent import percent_text
from tests.unit.flagd.manifest.findings import MATCH, flag

SHARES = st.integers(0, 100_000)


def made(percent: Any, variants: int = 1, **spec: Any) -> Flag:
    variant_list = [{"key": f"v{number}"} for number in range(variants)]
    segments = [{"name": "Germany", "match": MATCH, "rollout": {"percent": percent}}]
    rest = {"allOtherUsers": {"percent": percent}}
    obj = flag(**{"active": True, "segments": segments} | rest | spec)
    obj["spec"]["variants"] = variant_list
    found, _ = validate(obj)
    assert isinstance(found, Flag)
    return found


@given(goal=SHARES, limit=SHARES, variants=st.integers(1, 7))
def test_a_limited_flag_is_the_flag_with_lower_percents(goal: int, limit: int, variants: int):
    flag_, limits = made(percent_text(goal), variants), {"Germany": limit, REST: limit}
    least = min(goal, limit)
    with_limits = compile_project([flag_], rises={flag_.ref: Rise(limits)})
    assert with_limits.flags == compile_project([made(percent_text(least), variants)]).flags
    assert with_limits.admitted("new-checkout") == {"Germany": least, REST: least}


def test_what_has_no_limit_admits_nobody():
    assert limited(made(100), {REST: 5_000}).spec.segments[0].rollout.percent == "0"


@pytest.mark.parametrize("percent", [0, "0.001", "0.5", 1, 50, "99.999", 100])
def test_the_measure_of_a_flag_is_the_same_at_every_percent(percent: Any):
    one, other = made(percent), made(25)
    measures = {compile_project([each], rises={each.ref: Rise({})}).measured("new-checkout") for each in (one, other)}
    assert len(measures) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"bucketing": {"salt": "other"}},
        {"bucketing": {"key": "user.device_id"}},
        {"offTesters": {"userIds": ["ann"]}},
        {"metadata": {"team": "web"}},
    ],
    ids=str,
)
@pytest.mark.parametrize("percent", [0, 25, 100])
def test_the_measure_is_another_where_something_else_is(percent: int, change: dict[str, Any]):
    one, other = made(percent), made(percent, **change)
    measures = {compile_project([each], rises={each.ref: Rise({})}).measured("new-checkout") for each in (one, other)}
    assert len(measures) == 2


def test_a_changed_limit_compiles_that_flag_alone():
    other = made(100).model_copy(update={"metadata": made(100).metadata.model_copy(update={"name": "other"})})
    before = compile_project([made(100), other])
    after = before.update((), (), {made(100).ref: Rise({REST: 5_000})})
    assert after.state.flags["other"] is before.state.flags["other"]
    assert admitted(after.state.flags["new-checkout"])[REST] == 5_000
    assert after.update((), (), {made(100).ref: None}).ruleset.revision == before.ruleset.revision


def test_limits_go_with_the_flag():
    flag_ = made(100)
    project = compile_project([flag_], rises={flag_.ref: Rise({})}).update((), [flag_.ref])
    assert not project.state.rises


def test_an_inactive_flag_reaches_nobody():
    assert compile_project([made(100, active=False)]).admitted("new-checkout") == {}
