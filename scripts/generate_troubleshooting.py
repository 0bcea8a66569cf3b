"""Generates docs/troubleshooting.md from the reasons of conditions; `--check` compares instead.

A reason in the source of which nothing is said here ends it with an error: somebody will meet it at night.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "troubleshooting.md"
FINDINGS = ROOT / "docs" / "findings.md"
SOURCES = ("src/flagoperator/reconcile", "src/flagoperator/rollout")
REASON = re.compile(r"[A-Z][a-z][A-Za-z0-9]*")

PUBLISHED = {
    "Published": ("every ready replica serves this generation", "nothing"),
    "Publishing": (
        "not every ready replica has it yet; for longer than a minute: a replica does not follow",
        "`flagctl doctor`: look under `stream`",
    ),
    "NoReplicas": (
        "the operator knows no ready replica of flagd",
        "[flagd is not ready](operations.md#flagd-is-not-ready)",
    ),
    "Held": (
        "more than half of the flags went at once, and the removal waits",
        "[confirm it](operator.md#mass-removals-wait), or restore what went",
    ),
    "Refused": (
        "a replica does not take the ruleset; the message says why",
        "compare the versions of operator and flagd",
    ),
    "LastGood": ("this generation has an error; an earlier one is served", "see `Ready`, and correct the manifest"),
    "NotServed": ("no generation of it is served", "see `Ready`, and correct the manifest"),
}
READY = {
    "Compiled": ("it can be used; warnings are in the message", "nothing"),
    "StandingUnknown": (
        "nobody knows how far a ramp had come: the status does not say, and no replica has said what it serves",
        "wait: after 35 s without an answer it starts at 0 and rises. With the chart, only what the operator kept in "
        "the same pod can answer. Where all users had it: `flagctl rollout promote NAME` "
        "([after a disaster](rollouts.md#after-a-disaster))",
    ),
    "RolledBack": (
        "a ramp went back; the message says why",
        "fix the cause, then edit the flag, or `flagctl rollout retry`",
    ),
    "Deadline": ("the deadline of a ramp is over", "`flagctl rollout resume` goes on without one, or abort"),
    "PlanNotFound": ("the ramp names a FlagRolloutPlan that is not there, or was never valid", "apply the plan"),
    "RampRemoved": ("the ramp was taken out before the goal was met", "write a ramp, or `ramp: {immediate: true}`"),
}
ROLLED_OUT = {
    "Completed": ("every goal is met", "nothing"),
    "Idle": ("the flag has never risen", "nothing"),
    "NotUsable": ("the flag cannot be used as it is", "see `Ready`"),
    "Holding": ("a step is held for its time", "wait, or `flagctl rollout promote`"),
    "AwaitingApproval": ("a step waits for somebody", "`flagctl rollout approve`, or abort"),
    "OutsideWindow": ("no window is open", "wait, or change `windows`"),
    "NotBefore": ("the plan begins later", "wait"),
    "AwaitingEvaluations": (
        "too few answers have let somebody in",
        "wait; nobody asks for the flag: see that services do",
    ),
    "AwaitingGuards": ("a good measurement is missing", "`flagctl rollout get` shows what Prometheus says"),
    "GuardFailed": ("a guard is out of bounds", "look at what it measures; then resume, or edit the flag"),
    "Inconclusive": ("guards give no number for too long", "check the query, and that the operator reaches Prometheus"),
    "Manual": ("somebody paused it", "`flagctl rollout resume`"),
    "PausedInGit": (
        "the plan or the ramp says `paused: true`, or the plan is not valid",
        "write `paused: false`, or correct the plan",
    ),
    "AllPaused": (
        "the operator runs with `--pause-rollouts`",
        "start it without; with the chart, take it out of `operator.extraArgs`",
    ),
    "Aborted": (
        "somebody aborted it: users are those from before the run",
        "edit the flag, or `flagctl rollout retry`",
    ),
}
BALANCED = {
    "AsWeighted": ("those whom replicas have seen are divided as they should be", "nothing"),
    "NobodySeen": (
        "no replica has reported a user whom the run compares",
        "wait for the next heartbeat (15 s; 30 s where clients evaluate locally); replicas and clients that are "
        "older than the operator count nobody",
    ),
    "SampleRatioMismatch": (
        "they are divided otherwise; chance alone does this in at most 1 of 1,000 runs",
        "[what it means and where to look](guards.md#are-users-divided-as-you-said)",
    ),
}
LIST_CURRENT = {
    "Fetched": ("the newest list of ids is served, or on its way to the replicas", "nothing"),
    "ListStale": (
        "a newer list cannot be fetched, or lost most of its ids; the last good one is served",
        "the message says why; if the list is meant to shrink, write `mayShrink: true`",
    ),
    "ListMissing": (
        "no list was ever fetched; what was served of the cohort before stays served",
        "the message says why: look at the source, `spec.from` and the settings of the operator",
    ),
}
OTHER = frozenset(
    {
        *("True", "False", "Unknown", "Normal", "Warning", "Flag", "FlagRolloutPlan", "Rollout", "Step", "Report"),
        *("Ready", "Published", "Reconciling", "Stalled", "RolledOut", "Balanced", "Progressing", "Paused", "Awaiting"),
        *("Failure", "Pause", "Rollback", "Approved", "Promoted", "PromoteRefused", "PausedByRequest", "Resumed"),
        *("Started", "Superseded", "Immediate", "NotRamped", "Imbalance", "FlagCohort", "ListCurrent"),
    }
)
"""Words of the source in the same form that are no reasons of conditions: types, phases, what guards do, Events."""
HEADER = """\
# Troubleshooting: every reason, and what to do

<!-- Generated by scripts/generate_troubleshooting.py from the reasons in the source: edit it there. -->

A status says why in one word, the reason of a condition, and one line. `kubectl get flags` shows the line, and
`kubectl describe flag NAME` both. This page has every reason. By symptom: [operations](operations.md).
"""


def _reasons() -> set[str]:
    """Return the words in the source that may be reasons of conditions."""
    files = [file for source in SOURCES for file in (ROOT / source).rglob("*.py")]
    trees = [ast.parse(file.read_text()) for file in files if file.name not in ("__init__.py", "window.py")]
    words = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {word for word in words if isinstance(word, str) and REASON.fullmatch(word)}


def _findings() -> dict[str, str]:
    """Return what is wrong by the reasons of findings.md that can be an error."""
    rows = re.findall(r"^\| (`[^|]+`) \| (.+) \|$", FINDINGS.read_text(), re.MULTILINE)
    return {reasons: what for reasons, what in rows if not what.startswith("warning")}


def _table(title: str, lead: str, rows: dict[str, tuple[str, str]]) -> str:
    lines = [f"| `{reason}` | {means} | {do} |" for reason, (means, do) in rows.items()]
    return "\n".join([f"\n## {title}\n", f"{lead}\n", "| reason | means | do |", "|---|---|---|", *lines, ""])


def render() -> str:
    """Return the page. Raises ValueError where it would say nothing of a reason."""
    findings = _findings()
    known = {word for reasons in findings for word in re.findall(r"\w+", reasons)}
    said = PUBLISHED.keys() | READY.keys() | ROLLED_OUT.keys() | BALANCED.keys() | LIST_CURRENT.keys()
    silent = _reasons() - OTHER - known - said
    if silent:
        raise ValueError(f"nothing is said of {', '.join(sorted(silent))}: add it to {Path(__file__).name}")
    wrong = "\n".join(f"| {reasons} | {what} |" for reasons, what in findings.items())
    return (
        HEADER
        + _table(
            "Published: who serves it", "`Published` is False or Unknown while not every replica has it.", PUBLISHED
        )
        + _table(
            "RolledOut: where a ramp stands", "`RolledOut` is False while a ramp has not met its goals.", ROLLED_OUT
        )
        + _table("Balanced: whether users are divided as you said", "`Balanced` is there while a run lasts.", BALANCED)
        + _table(
            "ListCurrent: the list of a cohort",
            "`ListCurrent` is False while a cohort with `spec.from` has not the newest list.",
            LIST_CURRENT,
        )
        + _table("Ready: what needs somebody", "`Ready` is False where somebody has to act.", READY)
        + "\n## Ready: what is wrong with the manifest\n\n`Ready` has the reason that `flagctl lint` gives. "
        "Correct the manifest; [findings](findings.md) has more.\n\n"
        + f"| reason | what was found |\n|---|---|\n{wrong}\n"
    )


def main() -> int:
    """Write the page, or compare it with what is committed (exit code 1 when it differs)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with the committed page, write nothing")
    text = render()
    if not parser.parse_args().check:
        PAGE.write_text(text)
        return 0
    if PAGE.read_text() == text:
        return 0
    print(f"{PAGE.name} differs from the source: run `make generate`", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
