"""Random resources of one project whose names meet: flags, groups, segments, cohorts and a deployment."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.unit.flagd.compiler.manifest import IN_US, cohort, deployment, flag, holdout, mutex, segment

NAMES = "abcde"
KEYS = st.sampled_from(NAMES)
KEY_LISTS = st.lists(KEYS, max_size=2, unique=True)
SEGMENTS = st.sampled_from(["s", "t", "u"])
COHORTS = st.sampled_from(["vip", "firms"])
AGES = st.sampled_from(["", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"])
PERCENTS = st.sampled_from([0, 10, "0.5", 100])
MEMBERSHIPS = st.builds(lambda group, slot: {"group": group, **slot}, KEYS, st.sampled_from([{}, {"slot": "on"}]))


@st.composite
def flags(draw: st.DrawFn) -> Any:
    name = draw(KEYS)
    spec = {
        "active": draw(st.sampled_from([True, True, False])),
        "variants": [{"key": key} for key in draw(st.sampled_from([("on",), ("on", "b"), ("b",)]))],
        "evaluationMode": draw(st.sampled_from(["Remote", "Remote", "Local"])),
        "allOtherUsers": {"percent": draw(PERCENTS)},
        "deployments": draw(st.sampled_from([[], ["web"]])),
    }
    if parents := draw(KEY_LISTS):
        spec["prerequisites"] = {"flags": [{"key": key, "variants": ["on"]} for key in parents]}
    if refs := draw(st.lists(SEGMENTS, max_size=2, unique=True)):
        spec["segments"] = [{"name": "some", "segmentRefs": refs, "rollout": {"percent": 50}}]
    if draw(st.booleans()):
        spec["offTesters"] = {"cohorts": [draw(COHORTS)]}
    if draw(st.sampled_from([True, False, False])):
        spec["memberOf"] = [draw(MEMBERSHIPS)]
    if draw(st.sampled_from([True, False, False, False])):
        spec["key"] = draw(KEYS)
    return flag(name, meta={"creationTimestamp": draw(AGES)}, **spec)


@st.composite
def flag_segments(draw: st.DrawFn) -> Any:
    conditions = draw(
        st.sampled_from(
            [(IN_US,), ({"op": "in cohort", "values": ["vip"]},), ({"op": "in cohort", "values": ["nobody"]},)]
        )
    )
    return segment(draw(SEGMENTS), *conditions, refs=tuple(draw(st.lists(SEGMENTS, max_size=2, unique=True))))


GROUPS = st.one_of(
    st.builds(holdout, KEYS, percent=st.sampled_from([1, 50])),
    st.builds(holdout, KEYS, include=st.builds(lambda name: {"cohorts": [name]}, COHORTS)),
    st.builds(mutex, KEYS, on=st.sampled_from([100, 99])),
    st.builds(mutex, KEYS, on=st.just(50), b=st.just(50)),
)
RESOURCES = st.one_of(
    flags(),
    flags(),
    flags(),
    flag_segments(),
    st.builds(cohort, COHORTS, unit=st.sampled_from(["User", "User", "company"]), members=st.just(("ann", "acme"))),
    st.just(deployment("web")),
    GROUPS,
)
PUTS = st.lists(RESOURCES, min_size=1, max_size=4)
