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


UNMIRRORED = {
    "flagctl/commands/apply.py": Elsewhere("talks to an API server", ("tests/cluster/test_flagctl.py",)),
    "flagctl/commands/set.py": Elsewhere("talks to an API server", ("tests/cluster/test_flagctl.py",)),
    "flagctl/comparison/": Elsewhere("steps of one command", ("tests/unit/flagctl/commands/test_diff.py",)),
    "flagctl/ending.py": Elsewhere("the end of every run", ("tests/unit/flagctl/test_no_traceback.py",)),
    "flagctl/evaluation/online.py": Elsewhere("asks a server", ("tests/unit/flagctl/commands/test_eval.py",)),
    "flagctl/commands/rollout.py": Elsewhere("talks to an API server", ("tests/cluster/test_rollout_verbs.py",)),
    "flagctl/impact/": Elsewhere("steps of one command", ("tests/unit/flagctl/commands/test_impact.py",)),
    "flagctl/live/": Elsewhere("talks to an API server", ("tests/cluster/test_flagctl.py",)),
    "flagctl/promotion/": Elsewhere("steps of one command", ("tests/unit/flagctl/commands/test_promote.py",)),
    "flagctl/remote/": Elsewhere("asks a server", ("tests/unit/flagctl/commands/test_eval.py",)),
    "flagctl/rollout/": Elsewhere("talks to an API server", ("tests/cluster/test_rollout_verbs.py",)),
    "flagd/__main__.py": Elsewhere("runs in an installation", ("tests/unit/test_installation.py",)),
    "flagd/api/": Elsewhere(
        "lists methods and routes, which callers find",
        ("tests/wire/test_evaluate.py", "tests/wire/test_ofrep.py", "tests/wire/test_amplitude.py"),
    ),
    "flagd/client/": Elsewhere(
        "threads and sockets of one client", ("tests/unit/flagd/client/test_client.py", "tests/wire/test_client.py")
    ),
    "flagd/compiler/key.py": Elsewhere("a step of every update", ("tests/unit/flagd/compiler/test_update.py",)),
    "flagd/compiler/publication.py": Elsewhere("a step of every update", ("tests/unit/flagd/compiler/test_update.py",)),
    "flagd/server/": Elsewhere(
        "a process with its ports",
        ("tests/wire/test_end.py", "tests/wire/test_drain.py", "tests/wire/test_ruleset_stream.py"),
    ),
    "flagd/sources/operator.py": Elsewhere("follows an operator", ("tests/cluster/test_lifecycle.py",)),
    "flagd/sync/publisher/stream.py": Elsewhere("clocks of an open stream", ("tests/wire/test_links.py",)),
    "flagd/testing/": Elsewhere("parts of one plugin", ("tests/unit/flagd/testing/test_plugin.py",)),
    "flagd/transport/": Elsewhere(
        "real HTTP and gRPC",
        ("tests/wire/test_envoy_grpc.py", "tests/wire/test_envoy_http.py", "tests/wire/test_tls.py"),
    ),
    "flagoperator/__main__.py": Elsewhere("runs in an installation", ("tests/unit/test_installation.py",)),
    "flagoperator/reconcile/effective.py": Elsewhere(
        "a part of every status", ("tests/unit/flagoperator/reconcile/test_status.py",)
    ),
    "flagoperator/reconcile/ramps/": Elsewhere(
        "steps of one function", ("tests/unit/flagoperator/reconcile/ramps/test_ramps.py",)
    ),
    "flagoperator/rollout/": Elsewhere("steps of one function", ("tests/unit/flagoperator/rollout/test_promises.py",)),
    "flagoperator/run/": Elsewhere(
        "parts of a running operator", ("tests/cluster/test_status.py", "tests/cluster/test_ramps.py")
    ),
}
"""By module or folder. Make it shorter, not longer."""


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


def row_of(module: str) -> str | None:
    return next((row for row in UNMIRRORED if module == row or (row.endswith("/") and module.startswith(row))), None)


def test_every_module_has_a_test_or_a_reason():
    assert [module for module in modules() if not has_mirror(module) and row_of(module) is None] == []


@pytest.mark.parametrize("row", UNMIRRORED)
def test_a_reason_is_needed_and_names_tests_that_exist(row: str):
    assert [module for module in modules() if row_of(module) == row and not has_mirror(module)], "nothing needs it"
    assert all((ROOT / test).exists() for test in UNMIRRORED[row].tests)
