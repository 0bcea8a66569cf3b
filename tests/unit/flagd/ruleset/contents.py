"""Rulesets of any content, small enough that parts of one often come back in another."""

from hypothesis import strategies as st

from flagd.ruleset import Cohort, Deployment, Ruleset, compute_revision
from flagd.ruleset.hashed_ids import HashedIds

KEYS = st.sampled_from(["a", "b", "c", "ü", "a long key with spaces"])
SCALARS = st.sampled_from([None, True, False, 0, 1, 1.0, 0.5, 2**70, "", "1", "\N{SNOWMAN}"])
PAYLOADS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2), max_leaves=4
)
NAMES = st.frozensets(st.sampled_from(["web", "ios", "backend"]), max_size=3)
HASHES = st.frozensets(st.sampled_from([f"sha256:{digit * 64}" for digit in "0af"]))


def flag(key, **parts):
    return {"key": key, "variants": {"off": {"key": "off"}}, "segments": [], **parts}


@st.composite
def flags(draw):
    keys = draw(st.frozensets(KEYS))
    return {key: flag(key, metadata={"x": draw(PAYLOADS)}) for key in sorted(keys)}


def make(flags=None, cohorts=None, deployments=None, visibility=None, project="p"):
    flags, cohorts, deployments = flags or {}, cohorts or {}, deployments or {}
    seen = {key: frozenset(names) for key, names in (visibility or {}).items() if names and key in flags}
    return Ruleset(project, flags, cohorts, deployments, seen, compute_revision(flags, cohorts, deployments, seen))


NAMED = st.builds(Cohort, st.sampled_from(["User", "company"]), NAMES)
LISTED = st.builds(Cohort, st.sampled_from(["User", "company"]), st.builds(HashedIds.of, NAMES), st.integers(1, 2**40))
RULESETS = st.builds(
    make,
    flags(),
    st.dictionaries(KEYS, NAMED | LISTED, max_size=3),
    st.dictionaries(KEYS, st.builds(Deployment, st.sampled_from(["Client", "Server"]), HASHES), max_size=3),
    st.dictionaries(KEYS, NAMES, max_size=5),
)


def many(count, **changed):
    """Return a ruleset of `count` flags, of which those in `changed` have other metadata."""
    return make({key: flag(key, metadata={"x": changed.get(key, 0)}) for key in (f"f{n}" for n in range(count))})
