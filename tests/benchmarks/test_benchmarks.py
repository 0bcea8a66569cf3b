"""The benchmarks run and check what they measure. No figure is asserted: that is for `make bench`."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import (
    all_flags,
    client,
    client_worker,
    cohort,
    compiling,
    decision,
    evaluate,
    go_flagd,
    impact,
    load,
    manifests,
    reload,
    resolve,
    scale,
    scale_worker,
    server,
    static,
    streams,
)
from benchmarks.answers import built_against_joined
from benchmarks.caller import Caller
from benchmarks.contender import Contender
from benchmarks.load import Load, UnansweredError
from benchmarks.rounds import SMOKE
from flagd.sync.limits import UPDATE_BYTES


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


@pytest.mark.parametrize("scenario", ["Segments", "Mixed"])
def test_ten_segments_are_measured_and_checked(scenario):
    with Contender("flagoperator", "flagoperator", scenario=scenario) as contender:
        contender.load(1, seconds=0)
        decision.check(contender)
        assert contender.round() > 0


def test_a_flag_that_is_the_same_for_everybody_is_measured_and_checked():
    assert names(static.measure(SMOKE)) == ["a flag that is the same for everybody"] * 2


def test_all_flags_are_measured():
    assert names(all_flags.measure(SMOKE, flags=20)) == ["all 20 flags for one user"] * 2


def test_answers_are_joined_and_built():
    figures = built_against_joined(flags=20, rounds=1)
    assert figures[-1].base == "built message by message"


def test_flags_are_held_at_every_size():
    figures = scale.measure(dict.fromkeys(scale.ROUNDS, 1), sizes=(1, 10, 20))
    assert {"take in 20 flags", "one decision, 1 flag held"} <= set(names(figures))
    assert all(each.value > 0 for each in figures)


def test_so_many_flags_fit_in_one_update():
    flags = 100
    assert len(scale_worker._update(flags)) * scale.SIZES[-1] / flags < UPDATE_BYTES


def test_compiling_is_measured_at_every_size():
    figures = compiling.measure(dict.fromkeys(compiling.ROUNDS, 1), sizes=(10, 20))
    assert "read 10 flags from YAML" in names(figures)
    assert "compile 20 flags, time per flag" in names(figures)


def test_an_impact_is_measured_against_the_bare_engine_and_its_count_checked():
    changes = ["1 flag", "another condition", "another list", "another salt", "5 flags"]
    expected = [f"impact of {each}: users per second of a core" for each in changes for _ in range(2)]
    assert names(impact.measure(users=2_000, rounds=1)) == expected


@pytest.mark.skipif(shutil.which("h2load") is None, reason="h2load (Debian package nghttp2-client) is not installed")
def test_evaluate_over_grpcio_is_measured():
    figures = evaluate.measure(evaluate.SMOKE)
    assert "Evaluate over grpc.aio: calls per second" in names(figures)


@pytest.mark.skipif(shutil.which("h2load") is None, reason="h2load (Debian package nghttp2-client) is not installed")
def test_resolve_is_measured_against_an_empty_handler(monkeypatch):
    monkeypatch.setattr(go_flagd, "built", lambda: None)
    assert names(resolve.measure(evaluate.SMOKE)) == [
        "ResolveString over Envoy: processor time of a call",
        "ResolveString over Envoy: processor time of a call",
        "ResolveAll of 3 flags over Envoy: processor time of a call",
    ]


def test_a_server_that_answered_nothing_in_the_time_is_called_for_longer(monkeypatch):
    class Idle(Caller):
        def __init__(self) -> None:
            self._server, self._message, self._least_bytes = SimpleNamespace(port=0, cpu_seconds=lambda: 1.0), b"", 0

    def calls(*given, **_):
        asked.append(given[3])
        if len(asked) < answered:
            raise UnansweredError
        return Load(2, 1.0, 10, ())

    monkeypatch.setattr(load, "calls", calls)
    asked, answered = [], 3
    assert Idle().saturate(0.25).per_second == 2
    assert asked == [0.25, 1, 4]
    asked, answered = [], 100
    with pytest.raises(UnansweredError):
        Idle().saturate(0.25)
    assert asked == [0.25, 1, 4, 16]


def test_decisions_are_taken_where_the_swap_was_faster():
    client: Any = SimpleNamespace(variant=lambda *_: None)
    assert client_worker._decide(client, "f", lambda: True)


def test_an_empty_handler_on_pyvoy_leaves_nothing_behind():
    with server.empty_pyvoy() as empty:
        family = empty._family()
    assert len(family) > 1
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]


def test_flags_of_go_flagd_are_those_of_the_manifests(tmp_path):
    go_flagd.write(tmp_path / "flags.json", 3)
    flags = json.loads((tmp_path / "flags.json").read_text())["flags"]
    assert list(flags) == [manifests.name_of(number) for number in range(3)]


def test_reloads_are_measured():
    figures = reload.measure(reload.SMOKE)
    assert "p99 while one of 20 flags changes 5 times a second" in names(figures)
    assert "p99 while one of 20 flags changes 5 times a second at an operator" in names(figures)


def test_a_round_without_a_call_among_the_changes_is_repeated(monkeypatch):
    rounds = iter([([], [1.0]), ([1.0], []), ([2.0], [1.0])])
    monkeypatch.setattr(reload, "_samples", lambda *_: next(rounds))
    assert reload._round(None, None, reload.SMOKE) == (2.0, 1.0)


def test_streams_are_told_of_a_change():
    watched = streams.watched("grpcio", streams.SMOKE)
    assert all(0 < telling.first <= telling.median <= telling.last for telling in watched.tellings)
    assert all(0 < telling.known <= telling.last for telling in watched.tellings)


def test_a_cohort_is_measured_as_it_is_read_sent_and_asked():
    figures = cohort.measure(size=50_000, rounds=1)
    assert "change of 100 in 50,000 ids: sent" in names(figures)
    assert next(each.value for each in figures if each.unit == "bytes") < 1200
