import pytest
from hypothesis import given
from hypothesis import strategies as st

from flagd.ruleset import Cohort, Deployment, compute_revision
from flagd.ruleset.persistent import ABSENT
from flagd.ruleset.revision import Digest

FLAG = {"key": "f", "variants": {"off": {"key": "off"}}, "segments": []}
EMPTY = {"flags": {}, "cohorts": {}, "deployments": {}, "visibility": {}}
LEAVES = st.tuples(st.sampled_from(["flag", "cohort"]), st.text(max_size=3))
HASHES = st.dictionaries(LEAVES, st.binary(min_size=32, max_size=32) | st.just(ABSENT), max_size=20)


def revision(**contents) -> str:
    return compute_revision(**(EMPTY | contents))


def test_the_revision_is_64_hexadecimal_digits():
    assert len(bytes.fromhex(revision())) == 32


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"flags": {"f": FLAG}}, {}),
        ({"flags": {"f": FLAG}}, {"flags": {"f": {**FLAG, "segments": [{"variant": "off"}]}}}),
        ({"flags": {"f": FLAG}}, {"flags": {"g": FLAG}}),
        ({"flags": {"f": {**FLAG, "x": 1}}}, {"flags": {"f": {**FLAG, "x": "1"}}}),
        ({"flags": {"f": {**FLAG, "x": 1}}}, {"flags": {"f": {**FLAG, "x": True}}}),
        ({"cohorts": {"c": Cohort("User", frozenset("a"))}}, {"cohorts": {"c": Cohort("company", frozenset("a"))}}),
        ({"cohorts": {"c": Cohort("User", frozenset("a"))}}, {"cohorts": {"c": Cohort("User", frozenset("ab"))}}),
        (
            {"deployments": {"d": Deployment("Client", frozenset())}},
            {"deployments": {"d": Deployment("Server", frozenset())}},
        ),
        ({"visibility": {"f": frozenset("a")}}, {"visibility": {"f": frozenset("ab")}}),
    ],
)
def test_other_contents_have_another_revision(one, other):
    assert revision(**one) != revision(**other)


def test_an_integral_float_is_the_integer_that_json_reads_it_as():
    assert revision(flags={"f": {**FLAG, "x": 1.0}}) == revision(flags={"f": {**FLAG, "x": 1}})


def test_a_flag_that_nobody_with_a_key_sees_needs_no_entry():
    assert revision(visibility={"f": frozenset()}) == revision()


@given(st.lists(HASHES, max_size=5))
def test_the_way_to_a_content_does_not_show_in_its_digest(steps):
    digest, contents = Digest(), {}
    for changes in steps:
        digest = digest.changed(changes)
        contents.update(changes)
    assert digest.revision == Digest().changed(contents).revision


@given(HASHES, HASHES)
def test_a_change_leaves_the_digest_before_it_alone(first, second):
    digest = Digest().changed(first)
    before = digest.revision
    digest.changed(second)
    assert digest.revision == before
