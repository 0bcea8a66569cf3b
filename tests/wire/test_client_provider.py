"""FlagProvider in OpenFeature's own SDK: types, twins, faults, events, and what OpenTelemetry's hook makes of it."""

import json
import os
import subprocess

import pytest

from flagd.transport.envoy import missing
from tests.docs.page import ROOT
from tests.wire.conftest import running

PYTHON = ROOT / ".venvs" / "clients" / "bin" / "python"
WALK = ROOT / "tests" / "wire" / "clients" / "python" / "provider_walk.py"
FLAG = """
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {{name: {key}, namespace: shop}}
spec: {{active: true, evaluationMode: Local, {spec}}}
"""
ALL = "allOtherUsers: {percent: 100}"
FLAGS = {
    "switch": f'variants: [{{key: "on"}}], {ALL}',
    "word": f"variants: [{{key: blue}}], {ALL}",
    "count": f"variants: [{{key: a, payload: 3}}], {ALL}",
    "half": f"variants: [{{key: a, payload: 0.5}}], {ALL}",
    "page": f"variants: [{{key: a, payload: {{columns: 2}}}}], {ALL}",
    "nobody": 'variants: [{key: "on"}]',
    "pros": 'variants: [{key: "on"}], segments: [{name: pros, match: [{attribute: user.properties.plan, op: is, '
    "values: [pro]}], rollout: {percent: 100}}]",
}
TYPES = {
    "boolean": [True, "on", "STATIC", None],
    "string": ["blue", "blue", "STATIC", None],
    "integer": [3, "a", "STATIC", None],
    "float": [0.5, "a", "STATIC", None],
    "object": [{"columns": 2}, "a", "STATIC", None],
}
pytestmark = [
    pytest.mark.skipif(not PYTHON.exists(), reason="make clients has not installed OpenFeature's SDK"),
    pytest.mark.skipif(bool(missing()), reason=f"Envoy cannot run here: {missing()}"),
]


def _write(folder, flags):
    (folder / "flags.yaml").write_text("---".join(FLAG.format(key=key, spec=spec) for key, spec in flags.items()))


def _walk(process, mode):
    return subprocess.Popen(
        [PYTHON, WALK, f"http://{process.listen}", mode],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("mode", ["local", "remote"])
def test_a_program_of_openfeature_gets_values_reasons_events_and_telemetry(tmp_path, mode):
    _write(tmp_path, FLAGS)
    with running(tmp_path, "--transport", "envoy") as process, _walk(process, mode) as walk:
        told = json.loads(walk.stdout.readline())
        assert told["answers"] == told["twins"] == TYPES
        assert told["faults"] == {
            "mismatch": [7, None, "ERROR", "TYPE_MISMATCH"],
            "unknown": [True, None, "ERROR", "FLAG_NOT_FOUND"],
            "off": [True, None, "DEFAULT", None],
            "context": [False, None, "DEFAULT", None],
            "matched": [True, "on", "TARGETING_MATCH", None],
        }
        revision = told["metadata"]["version"]
        assert (len(revision), told["metadata"]["flagSetId"]) == (64, "shop")
        assert told["telemetry"] == [
            {
                "name": "feature_flag.evaluation",
                "feature_flag.key": "switch",
                "feature_flag.evaluation.reason": told["answers"]["boolean"][2].lower(),
                "feature_flag.variant": "on",
                "feature_flag.set.id": "shop",
                "feature_flag.version": revision,
                "feature_flag.provider_name": "flagoperator",
            }
        ]
        ((name, attributes),) = told["spans"]
        assert (name, attributes["feature_flag.key"], attributes["feature_flag.result.variant"]) == (
            *("feature_flag.evaluation", "switch", "on"),
        )
        assert attributes["feature_flag.provider.name"] == "flagoperator"
        _write(tmp_path, {**FLAGS, "late": f'variants: [{{key: "on"}}], {ALL}'})
        if mode == "remote":
            process.said("late")
        print(file=walk.stdin, flush=True)
        assert json.loads(walk.stdout.readline()) == {"late": [True, "on", "STATIC", None], "found": True}
        process.stop()
        print(file=walk.stdin, flush=True)
        heard = json.loads(walk.stdout.readline())
        assert heard[0][0] in {"PROVIDER_READY", "PROVIDER_CONFIGURATION_CHANGED"}
        assert "PROVIDER_READY" in {event for event, _ in heard}
        if mode == "local":
            assert ["PROVIDER_CONFIGURATION_CHANGED", ["late"]] in heard
