"""By when harm is found: compared with runs that are played otherwise."""

from random import Random

from flagoperator.evidence import EProcess, Rule, Stretch, Traffic, detection, firing_look
from flagoperator.evidence.counts import Counts

HOUR = 3600.0
LADDER = [Stretch(HOUR, 0.05, 0.95), Stretch(HOUR, 0.25, 0.75)]
TRAFFIC = Traffic(per_hour=20_000, baseline=0.01)
RULE = Rule(margin=1.2, limit=100)


def found(stretches=LADDER, traffic=TRAFFIC, rule=RULE):
    return detection(stretches, traffic, rule, Random(0).random).seconds


def test_the_printed_time_is_that_by_which_four_runs_of_five_have_fired():
    time = found()
    assert time is not None
    assert HOUR < time < 2 * HOUR
    chance = Random(99).random
    pieces = [piece for stretch in LADDER for piece in stretch.pieces(60)]
    by_then = round(time / 60)
    fired = [firing_look((TRAFFIC.counts(each, chance) for each in pieces[:by_then]), RULE) for _ in range(600)]
    assert 0.74 < sum(each is not None for each in fired) / 600 < 0.86


def test_what_too_few_users_pass_through_is_never_found():
    assert found(traffic=Traffic(100, 0.01)) is None


def test_a_doubling_within_the_margin_is_no_harm():
    assert found(traffic=Traffic(2_000, 0.01), rule=Rule(3.0, 100)) is None


def test_without_control_nothing_is_found():
    assert found([Stretch(HOUR, 1.0, 0.0)]) is None
    assert found([]) is None


def test_a_run_fires_at_the_first_look_that_reaches_the_limit():
    looks = [Counts(1000, 10, 1000, 10), Counts(1000, 90, 1000, 10), Counts(1000, 10, 1000, 10)]
    assert EProcess(1.0).after(looks[0]).after(looks[1]).value > 100
    assert firing_look(looks, Rule(1.0, 100)) == 1
    assert firing_look(looks[:1], Rule(1.0, 100)) is None


def test_the_end_of_each_stretch_has_its_share_of_runs():
    shares = detection(LADDER, TRAFFIC, RULE, Random(0).random).shares
    assert len(shares) == 2
    assert 0 < shares[0] < 0.8 < shares[1] <= 1
