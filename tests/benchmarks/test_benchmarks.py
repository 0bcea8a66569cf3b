"""The benchmarks run and check what they measure. No figure is asserted: that is for `make bench`."""

import shutil

import pytest

from benchmarks import all_flags, client, compiling, decision, evaluate, impact, reload, streams
from benchmarks.answers import built_against_joined
from benchmarks.contender import Contender
from benchmarks.rounds import SMOKE


def names(figures):
    return [figure.name for figure in figures]


def test_a_decision_is_measured_and_checked():
    figures = decision.measure(SMOKE, rivals={})
    assert "one decision, 1 flag loaded" in names(figures)
    assert "one decision, 500 flags loaded" in names(figures)


def test_a_client_is_measured_against_the_engine_and_while_a_ruleset_is_swapped_in():
    assert "FlagClient.variant: decisions per second, 1 flag loaded" in names(decision.measure(SMOKE, rivals={}))
    assert "longest decision while a ruleset is swapped in, processor time" in names(client.measure(client.SMOKE))


def test_an_engine_that_lets_everybody_in_is_found_out():
    with Contender("flagoperator", "flagoperator") as contender:
        contender.load(1, seconds=0)
        contender.answers["excluded"] = 0
        with pytest.raises(RuntimeError, match="lets users of other countries in"):
            decision.check(contender)


def test_ten_segments_are_measured_and_checked():
    with Contender("flagoperator", "flagoperator", scenario="Segments") as contender:
        contender.load(1, seconds=0)
        decision.check(contender)
        assert contender.round() > 0


def test_all_flags_are_measured():
    assert names(all_flags.measure(SMOKE, flags=20)) == ["all 20 flags for one user"] * 2


def test_answers_are_joined_and_built():
    figures = built_against_joined(flags=20, rounds=1)
    assert figures[-1].base == "built message by message"


def test_compiling_is_measured_at_every_size():
    figures = compiling.measure(dict.fromkeys(compiling.ROUNDS, 1), sizes=(10, 20))
    assert "read 10 flags from YAML" in names(figures)
    assert "compile 20 flags, time per flag" in names(figures)


def test_an_impact_is_measured_against_the_bare_engine_and_its_count_checked():
    assert names(impact.measure(users=2_000, rounds=1)) == ["impact of one flag: users per second of a core"] * 2


@pytest.mark.skipif(shutil.which("h2load") is None, reason="h2load (Debian package nghttp2-client) is not installed")
def test_evaluate_over_grpcio_is_measured():
    figures = evaluate.measure(evaluate.SMOKE)
    assert "Evaluate over grpc.aio: calls per second" in names(figures)


def test_reloads_are_measured():
    figures = reload.measure(reload.SMOKE)
    assert "p99 while one of 20 flags is reloaded" in names(figures)


def test_a_round_without_a_call_during_a_reload_is_repeated(monkeypatch, tmp_path):
    rounds = iter([([], [1.0]), ([1.0], []), ([2.0], [1.0])])
    monkeypatch.setattr(reload, "_samples", lambda *_: next(rounds))
    assert reload._round(None, tmp_path, reload.SMOKE) == (2.0, 1.0)


def test_streams_are_told_of_a_change():
    watched = streams.watched("grpcio", streams.SMOKE)
    assert all(0 < telling.first <= telling.median <= telling.last for telling in watched.tellings)
