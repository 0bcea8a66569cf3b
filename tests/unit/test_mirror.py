"""Every module that does something has a test that mirrors it, or stands in this list with what tests it instead."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC, UNIT = ROOT / "src", ROOT / "tests" / "unit"
GENERATED = ("flagd/v1/", "flagd/openfeature/")


class Elsewhere(NamedTuple):
    """What tests some modules, and why none of their own does."""

    why: str
    tests: tuple[str, ...]
    modules: tuple[str, ...]


FLAGCTL, FLAGD, OPERATOR = (f"tests/unit/{package}" for package in ("flagctl", "flagd", "flagoperator"))
UNMIRRORED = (
    Elsewhere(
        "starts a program in an installation that may lack its extra",
        ("tests/unit/test_installation.py",),
        ("flagd/__main__.py", "flagoperator/__main__.py"),
    ),
    Elsewhere(
        "what Declarations consist of and judge by, which only edits of files in sequence show",
        ("tests/unit/flagctl/dashboard/inventory/test_declarations.py",),
        ("flagctl/dashboard/inventory/declaration.py", "flagctl/dashboard/inventory/judgement.py"),
    ),
    Elsewhere(
        "a port for who may get flags, which only a real API server says",
        ("tests/cluster/test_serving.py",),
        ("flagoperator/run/serving/port.py",),
    ),
    Elsewhere(
        "when what changed, which an inventory shows",
        ("tests/unit/flagctl/dashboard/inventory/test_inventory.py",),
        ("flagctl/dashboard/inventory/record.py",),
    ),
    Elsewhere(
        "the pages of flagctl dashboard, which tests ask a real process for and read as a whole",
        ("tests/wire/test_dashboard.py",),
        (
            "flagctl/commands/cluster/dashboard.py",
            "flagctl/dashboard/inventory/folder.py",
            "flagctl/dashboard/inventory/item.py",
            "flagctl/dashboard/opening.py",
            "flagctl/dashboard/pages/flag/allocation.py",
            "flagctl/dashboard/pages/flag/branch.py",
            "flagctl/dashboard/pages/what_if/explained.py",
            "flagctl/dashboard/pages/flag/flag.py",
            "flagctl/dashboard/pages/health.py",
            "flagctl/dashboard/pages/flag/ladder.py",
            "flagctl/dashboard/pages/flag/managed_by.py",
            "flagctl/dashboard/pages/now.py",
            "flagctl/dashboard/pages/other.py",
            "flagctl/dashboard/pages/row.py",
            "flagctl/dashboard/pages/flag/verb.py",
            "flagctl/dashboard/preview/preview.py",
            "flagctl/dashboard/preview/process.py",
            "flagctl/dashboard/web/answer.py",
            "flagctl/dashboard/web/application.py",
            "flagctl/dashboard/web/events.py",
            "flagctl/dashboard/web/files_site.py",
            "flagctl/dashboard/web/flag.py",
            "flagctl/dashboard/web/form.py",
            "flagctl/dashboard/web/lists.py",
            "flagctl/dashboard/web/plain.py",
            "flagctl/dashboard/web/problem.py",
            "flagctl/dashboard/web/server.py",
            "flagctl/dashboard/web/static.py",
            "flagctl/dashboard/web/visitor.py",
        ),
    ),
    Elsewhere(
        "a cluster behind the dashboard: only a real API server says who may do what",
        ("tests/cluster/test_dashboard.py",),
        (
            "flagctl/dashboard/live/cluster_site.py",
            "flagctl/dashboard/live/doorway.py",
            "flagctl/dashboard/live/happening.py",
            "flagctl/dashboard/live/person.py",
            "flagctl/dashboard/live/sign_in.py",
            "flagctl/dashboard/web/ramp.py",
        ),
    ),
    Elsewhere(
        "the end of every run of flagctl, whatever it was asked",
        (f"{FLAGCTL}/test_no_traceback.py",),
        ("flagctl/ending.py",),
    ),
    Elsewhere(
        "requests to an API server: only a real one says whether they are right",
        ("tests/cluster/test_flagctl.py",),
        (
            "flagctl/commands/cluster/apply.py",
            "flagctl/commands/cluster/set.py",
            "flagctl/live/apply.py",
            "flagctl/live/cluster.py",
            "flagctl/live/setting.py",
            "flagctl/live/target.py",
            "flagctl/live/wait.py",
        ),
    ),
    Elsewhere(
        "what a cluster holds, asked of a real API server",
        ("tests/cluster/test_flagctl.py", "tests/cluster/test_rollout_verbs.py"),
        (
            "flagctl/commands/cluster/rollout.py",
            "flagctl/comparison/cluster_side.py",
            "flagctl/live/held.py",
            "flagctl/live/listing.py",
            "flagctl/rollout/flags.py",
            "flagctl/rollout/reading.py",
        ),
    ),
    Elsewhere(
        "what a real API server shows of an installation, each thing broken first",
        ("tests/cluster/test_doctor.py",),
        (
            "flagctl/commands/cluster/doctor.py",
            "flagctl/doctor/definitions.py",
            "flagctl/doctor/examination.py",
            "flagctl/doctor/looking.py",
            "flagctl/doctor/pods.py",
            "flagctl/doctor/report.py",
        ),
    ),
    Elsewhere(
        "a real terminal, and a program that is ended while it draws",
        ("tests/cluster/test_rollout_watch.py",),
        ("flagctl/rollout/screen.py",),
    ),
    Elsewhere(
        "parts of one page of output, which tests read as a whole",
        (f"{FLAGCTL}/rollout/test_lines.py", f"{FLAGCTL}/rollout/test_schedule.py"),
        ("flagctl/rollout/forecast.py", "flagctl/rollout/view.py"),
    ),
    Elsewhere(
        "from a command line to its output, which tests read as a whole",
        (f"{FLAGCTL}/commands/answers/test_diff.py",),
        ("flagctl/comparison/report.py", "flagctl/comparison/side.py", "flagctl/comparison/sides.py"),
    ),
    Elsewhere(
        "from a command line to its output, which tests read as a whole; processes that count together",
        (f"{FLAGCTL}/commands/answers/test_impact.py",),
        (
            "flagctl/impact/measurement.py",
            "flagctl/impact/options.py",
            "flagctl/impact/question.py",
            "flagctl/impact/report.py",
            "flagctl/impact/result.py",
            "flagctl/impact/workers.py",
        ),
    ),
    Elsewhere(
        "from a repository to the lines of the log, which tests read as a whole",
        (f"{FLAGCTL}/commands/lifecycle/test_log.py",),
        ("flagctl/history/commit.py", "flagctl/history/entry.py", "flagctl/history/report.py"),
    ),
    Elsewhere(
        "from code to the places that are listed, which tests read as a whole",
        (f"{FLAGCTL}/commands/lifecycle/test_refs.py", f"{FLAGCTL}/commands/lifecycle/test_retire.py"),
        (
            "flagctl/references/code_files.py",
            "flagctl/references/reference.py",
            "flagctl/references/report.py",
            "flagctl/references/retirement.py",
        ),
    ),
    Elsewhere(
        "from the flags of another system to manifests, which tests read as a whole",
        (f"{FLAGCTL}/migration/test_amplitude.py", f"{FLAGCTL}/migration/test_flagd_definition.py"),
        (
            "flagctl/migration/amplitude_segment.py",
            "flagctl/migration/foreign.py",
            "flagctl/migration/imported.py",
            "flagctl/migration/rule_list.py",
            "flagctl/migration/split.py",
            "flagctl/migration/transfer.py",
        ),
    ),
    Elsewhere(
        "the command whose name is a keyword of Python",
        (f"{FLAGCTL}/commands/manifests/test_import.py",),
        ("flagctl/commands/manifests/import_.py",),
    ),
    Elsewhere(
        "calls to a flagd that runs",
        (f"{FLAGCTL}/remote/test_server.py", f"{FLAGCTL}/commands/answers/test_eval.py"),
        ("flagctl/evaluation/online.py", "flagctl/remote/connection.py", "flagctl/remote/tls.py"),
    ),
    Elsewhere(
        "lists paths and hands over, so that callers find what is behind",
        ("tests/wire/test_amplitude.py", "tests/wire/test_ofrep.py", "tests/wire/test_openfeature_events.py"),
        ("flagd/api/amplitude/routes.py", "flagd/api/ofrep/routes.py", "flagd/api/openfeature/service.py"),
    ),
    Elsewhere(
        "the engine's explanation as a message, field by field, as callers get it",
        ("tests/wire/test_evaluate.py",),
        ("flagd/api/evaluation/explain.py",),
    ),
    Elsewhere(
        "threads, streams and answers of one client, followed through servers that come, go and lie",
        (f"{FLAGD}/client/test_client.py", f"{FLAGD}/client/test_fork.py", "tests/wire/test_client.py"),
        (
            "flagd/client/choice.py",
            "flagd/client/following/follower.py",
            "flagd/client/following/serving.py",
            "flagd/client/local.py",
            "flagd/client/lookup_failed.py",
            "flagd/client/typed.py",
            "flagd/client/variant.py",
        ),
    ),
    Elsewhere(
        "the numbers of a client under Prometheus' names",
        (f"{FLAGD}/client/test_counting.py",),
        ("flagd/client/prometheus.py",),
    ),
    Elsewhere(
        "calls to a server, real or hostile",
        (f"{FLAGD}/client/test_remote.py", "tests/wire/test_client.py"),
        (
            "flagd/client/calls/connect_caller.py",
            "flagd/client/calls/connection.py",
            "flagd/client/calls/grpc_caller.py",
        ),
    ),
    Elsewhere(
        "a step of every update, held equal to compiling everything",
        (f"{FLAGD}/compiler/test_update.py",),
        ("flagd/compiler/key.py", "flagd/compiler/publication.py"),
    ),
    Elsewhere(
        "the application inside Envoy's process, or inside this one",
        ("tests/wire/test_envoy_parts.py", "tests/wire/test_end.py"),
        ("flagd/server/asgi_app.py", "flagd/server/embedded.py"),
    ),
    Elsewhere(
        "a port with its callers",
        ("tests/wire/test_ruleset_stream.py", f"{FLAGD}/server/test_application.py"),
        ("flagd/server/ruleset_port.py",),
    ),
    Elsewhere(
        "follows operators that come and go",
        ("tests/cluster/test_lifecycle.py", f"{FLAGD}/server/test_application_of_operator.py"),
        ("flagd/sources/operator.py",),
    ),
    Elsewhere(
        "source of Python, which Python and a type checker are to take",
        (f"{FLAGCTL}/commands/manifests/test_generate.py",),
        ("flagctl/generation/python_module.py",),
    ),
    Elsewhere(
        "steps of one event, which is to be Amplitude's",
        ("tests/conformance/test_tracking_vectors.py", "tests/wire/test_events.py"),
        (
            "flagd/server/tracking.py",
            "flagd/tracking/event.py",
            "flagd/tracking/given.py",
            "flagd/tracking/java_hash.py",
            "flagd/tracking/subject.py",
            "flagd/tracking/telling.py",
        ),
    ),
    Elsewhere(
        "what arrives at a file and at a server",
        (f"{FLAGD}/tracking/sinks/test_sinks.py",),
        (
            "flagd/tracking/sinks/amplitude.py",
            "flagd/tracking/sinks/json_lines.py",
            "flagd/tracking/sinks/otlp_logs.py",
            "flagd/tracking/sinks/posting.py",
        ),
    ),
    Elsewhere(
        "what the plugin does, in programs of its own",
        (f"{FLAGD}/testing/test_plugin.py",),
        ("flagd/testing/flags.py",),
    ),
    Elsewhere(
        "requests as real clients send them, and those who hold too much",
        ("tests/wire/test_envoy_http.py", "tests/wire/test_capacity.py", "tests/wire/test_envoy_hostile.py"),
        (
            "flagd/transport/asgi/admission.py",
            "flagd/transport/asgi/http_call.py",
            "flagd/transport/asgi/plain_call.py",
        ),
    ),
    Elsewhere(
        "gRPC itself, with real certificates",
        ("tests/wire/test_tls.py", "tests/wire/test_limits.py", "tests/wire/test_ruleset_stream.py"),
        ("flagd/transport/channel.py", "flagd/transport/grpcio.py", "flagd/transport/tls.py"),
    ),
    Elsewhere(
        "Envoy itself, started, killed and drained",
        ("tests/wire/test_end.py", "tests/wire/test_envoy_drain.py", "tests/wire/test_envoy_tls.py"),
        ("flagd/transport/envoy/admin.py", "flagd/transport/envoy/run.py", "flagd/transport/envoy/server.py"),
    ),
    Elsewhere(
        "steps of one function, from the objects of a cluster to statuses and events",
        (f"{OPERATOR}/reconcile/ramps/test_ramps.py", f"{OPERATOR}/reconcile/ramps/test_country.py"),
        (
            "flagoperator/reconcile/ramps/decision.py",
            "flagoperator/reconcile/ramps/guard_text.py",
            "flagoperator/reconcile/ramps/notice.py",
            "flagoperator/reconcile/ramps/plans.py",
            "flagoperator/reconcile/ramps/report.py",
            "flagoperator/reconcile/ramps/standing.py",
            "flagoperator/reconcile/ramps/subject.py",
            "flagoperator/reconcile/ramps/walk.py",
        ),
    ),
    Elsewhere(
        "steps of one function, of which hypothesis checks promises over whole rollouts",
        (f"{OPERATOR}/rollout/test_promises.py", f"{OPERATOR}/rollout/test_tick.py"),
        (
            "flagoperator/rollout/edit.py",
            "flagoperator/rollout/plan.py",
            "flagoperator/rollout/progress.py",
            "flagoperator/rollout/request.py",
            "flagoperator/rollout/run.py",
            "flagoperator/rollout/state.py",
        ),
    ),
    Elsewhere(
        "guards of a rollout, and a state as it stands in a status",
        (f"{OPERATOR}/rollout/guards/test_guard.py", f"{OPERATOR}/rollout/test_promises.py"),
        (
            "flagoperator/rollout/guards/guard_form.py",
            "flagoperator/rollout/guards/judgement.py",
            "flagoperator/rollout/record.py",
        ),
    ),
    Elsewhere(
        "parts of a running operator, with a real API server and Prometheus",
        ("tests/cluster/test_ramps.py", "tests/cluster/test_guards.py"),
        ("flagoperator/run/walker.py",),
    ),
    Elsewhere(
        "the numbers of every part of the operator, as it runs",
        ("tests/cluster/test_operations.py", "tests/cluster/test_status.py"),
        ("flagoperator/run/monitoring/collector.py",),
    ),
)
"""Make it shorter, not longer."""


@cache
def modules() -> list[str]:
    paths = sorted(path.relative_to(SRC).as_posix() for path in SRC.rglob("*.py") if path.name != "__init__.py")
    return [path for path in paths if not path.startswith(GENERATED) and does_something(SRC / path)]


def does_something(path: Path) -> bool:
    """Return whether the module is more than declarations: whether a function of it has a body."""
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return any(not isinstance(statement, ast.Expr) for function in functions for statement in function.body)


def has_mirror(module: str) -> bool:
    path = UNIT / module
    return path.with_name(f"test_{path.name}").exists()


def entries() -> list[str]:
    return [entry for row in UNMIRRORED for entry in row.modules]


def test_every_module_has_a_test_or_a_reason():
    assert [module for module in modules() if not has_mirror(module) and module not in entries()] == []


def test_no_module_has_two_reasons():
    assert len(set(entries())) == len(entries())


@pytest.mark.parametrize("row", UNMIRRORED, ids=lambda row: row.modules[0])
def test_a_reason_is_needed_and_names_tests_that_exist(row: Elsewhere):
    assert [entry for entry in row.modules if entry not in modules() or has_mirror(entry)] == []
    assert [test for test in row.tests if not (ROOT / test).exists()] == []
