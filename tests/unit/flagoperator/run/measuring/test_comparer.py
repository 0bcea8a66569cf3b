"""Comparer: against a Prometheus that lies, which a real one can't be made to do."""

import pytest

from flagd.manifest import ResourceRef
from flagoperator.evidence import Counts
from flagoperator.prometheus.reading import NoAnswer
from flagoperator.prometheus.sample import Sample
from flagoperator.rollout.guards.comparison import Comparison
from flagoperator.run.measuring.comparer import MOST_PIECES, Comparer, Question

REF = ResourceRef("Flag", "shop", "checkout")
QUESTION = Question(REF, "checkout", "errors", Comparison("failures", "attempts"), 60)
TREATED, CONTROL = (("rollout_arm", "treated"),), (("rollout_arm", "control"),)


class Told:
    """What a Prometheus says, by second: attempts grow by 10 and 100 a second, failures by 1 and 2."""

    def __init__(self):
        self.now = 1_000.0
        self.asked = []
        self.lost_before = 0.0

    async def sample(self, query, flag, namespace, at=None):
        assert (flag, namespace) == ("checkout", "shop")
        at = self.now if at is None else at
        self.asked.append(at)
        if at < self.lost_before:
            return Sample()
        treated, control = (10, 100) if query == "attempts" else (1, 2)
        return Sample(at, {TREATED: at * treated, CONTROL: at * control})


@pytest.fixture
def told():
    return Told()


async def test_the_first_look_counts_nothing_and_every_later_one_what_came_since(told):
    comparer = Comparer(told)
    first = await comparer.look(QUESTION, None)
    told.now += 60
    second = await comparer.look(QUESTION, first.looks[-1].until)
    assert [each.counts for each in (*first.looks, *second.looks)] == [Counts(), Counts(600, 60, 6_000, 120)]


async def test_both_counters_are_those_of_one_moment(told):
    await Comparer(told).look(QUESTION, None)
    assert set(told.asked) == {1_000.0}


async def test_another_operator_goes_on_where_the_one_before_stood_and_loses_nothing(told):
    until = (await Comparer(told).look(QUESTION, None)).looks[-1].until
    told.now += 400
    found = await Comparer(told).look(QUESTION, until)
    assert len(found.looks) == 6
    assert sum((each.counts for each in found.looks), Counts()) == Counts(4_000, 400, 40_000, 800)
    assert found.looks[-1].until == 1_400


async def test_a_long_outage_is_looked_at_in_a_few_pieces(told):
    told.now += 86_400
    found = await Comparer(told).look(QUESTION, 1_000.0)
    assert len(found.looks) == MOST_PIECES
    assert sum((each.counts for each in found.looks), Counts()).treated == pytest.approx(864_000)


async def test_counters_that_are_not_kept_that_long_count_from_now_on_and_that_is_told(told):
    told.lost_before, told.now = 1_050.0, 1_060.0
    found = await Comparer(told).look(QUESTION, 1_000.0)
    assert [each.counts for each in found.looks] == [Counts()]
    assert "series of attempts are new" in found.remark


@pytest.mark.parametrize("moved", [0.0, -1.0, -600.0])
async def test_a_clock_that_stands_or_goes_back_counts_nothing(told, moved):
    comparer = Comparer(told)
    until = (await comparer.look(QUESTION, None)).looks[-1].until
    told.now += moved
    with pytest.raises(NoAnswer, match="Prometheus says it is"):
        await comparer.look(QUESTION, until)
    told.now = 1_060.0
    assert (await comparer.look(QUESTION, until)).looks[-1].counts.treated == 600


async def test_without_series_of_an_arm_there_is_nothing_to_compare(told):
    told.lost_before = 2_000.0
    with pytest.raises(NoAnswer, match="no series of attempts has the label rollout_arm") as error:
        await Comparer(told).look(QUESTION, None)
    assert error.value.is_empty


async def test_an_edit_begins_with_a_first_look_whatever_was_held(told):
    comparer = Comparer(told)
    await comparer.look(QUESTION, None)
    told.now += 60
    assert [each.counts for each in (await comparer.look(QUESTION, None)).looks] == [Counts()]


async def test_samples_of_flags_without_a_run_are_forgotten(told):
    comparer = Comparer(told)
    await comparer.look(QUESTION, None)
    comparer.keep([])
    told.asked.clear()
    told.now += 60
    await comparer.look(QUESTION, 1_000.0)
    assert 1_000.0 in told.asked
