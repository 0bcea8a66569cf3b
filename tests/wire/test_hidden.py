"""Hidden is hidden: of flags that do not list its deployment a key learns nothing, at any door.

Every field of what is hidden holds a marker that nobody can guess; everything that every kind of caller can read is
searched for it.
"""

import re

import pytest

from flagd.transport.envoy import missing
from tests.wire.conftest import running
from tests.wire.doors import ALL, AMPLITUDE, NEWS, ONE, RULESETS, STREAM, TYPES, Asked
from tests.wire.shop import key_hash

WEB, BACK, ELSEWHERE = "key-of-web", "key-of-back", "key-of-elsewhere"
MARK, APART, OWN = "zqxparent", "zqxapart", "zqxsegment"
"""In what a flag of the caller depends on, in what none depends on, and in the names of the caller's own segments."""


def _hidden(mark, name):
    """Return a flag with `mark` in every field, and the segment, cohort, group and deployment that it uses."""
    return f"""
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {name}, namespace: shop}}
spec:
  key: {name}
  displayName: {mark}-display
  description: {mark}-description
  owner: {mark}-owner
  active: true
  evaluationMode: Local
  deployments: [{mark}-deployment]
  bucketing: {{key: user.properties.{mark}, salt: {mark}-salt}}
  variants:
    - key: {mark}-variant
      name: {mark}-name
      description: {mark}-text
      value: {mark}-value
      payload: {{{mark}-member: {mark}-payload}}
      testers: {{userIds: [{mark}-user, hidden-tester], deviceIds: [{mark}-device], cohorts: [{mark}-cohort]}}
    - key: {mark}-other
  offPayload: {{none: {mark}-off}}
  offTesters: {{userIds: [{mark}-offtester]}}
  metadata: {{team: {mark}-team}}
  tracking: {{exposure: true, experimentKey: {mark}-experiment}}
  memberOf: [{{group: {mark}-group, slot: {mark}-slot}}]
  segments:
    - name: {mark}-named
      match: [{{attribute: user.properties.{mark}-property, op: is, values: [{mark}-wanted]}}]
      segmentRefs: [{mark}-shared]
      rollout: {{percent: 100}}
  allOtherUsers: {{percent: 0}}
---
kind: FlagSegment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {mark}-shared, namespace: shop}}
spec: {{match: [{{attribute: user.properties.{mark}-shared, op: is, values: [{mark}-also]}}]}}
---
kind: FlagCohort
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {mark}-cohort, namespace: shop}}
spec: {{unit: User, members: [{mark}-member]}}
---
kind: FlagGroup
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {mark}-group, namespace: shop}}
spec: {{type: MutualExclusion, slots: [{{name: {mark}-slot, percent: 100}}]}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: {mark}-deployment, namespace: shop}}
spec: {{type: Server, keyHashes: ["{key_hash(mark)}"]}}
---"""


PROJECT = f"""{_hidden(MARK, f"{MARK}-key")}{_hidden(APART, f"{APART}-key")}
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: child, namespace: shop}}
spec:
  active: true
  evaluationMode: Local
  deployments: [web, back]
  variants: [{{key: "on", payload: {{a: 1}}}}]
  prerequisites: {{flags: [{{key: {MARK}-key, variants: [{MARK}-variant]}}]}}
  memberOf: [{{group: {MARK}-group, slot: {MARK}-slot}}]
  segments:
    - name: {OWN}
      match: [{{attribute: user.user_id, op: is, values: [hidden-tester]}}]
      rollout: {{percent: 100}}
  allOtherUsers: {{percent: 0}}
---
kind: Flag
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: never, namespace: shop}}
spec:
  active: true
  evaluationMode: Local
  deployments: [web, back]
  variants: [{{key: "on", payload: {{a: 1}}}}]
  segments:
    - name: {OWN}
      match: [{{attribute: user.user_id, op: is, values: [nobody]}}]
      rollout: {{percent: 100}}
  allOtherUsers: {{percent: 0}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: web, namespace: shop}}
spec: {{type: Client, keyHashes: ["{key_hash(WEB)}"]}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: back, namespace: shop}}
spec: {{type: Server, keyHashes: ["{key_hash(BACK)}"]}}
---
kind: FlagDeployment
apiVersion: flagoperator.dev/v1alpha1
metadata: {{name: elsewhere, namespace: billing}}
spec: {{type: Server, keyHashes: ["{key_hash(ELSEWHERE)}"]}}
"""
ANSWERS = {
    **{f"one: {name}": door for name, door in ONE.items()},
    **{f"all: {name}": door for name, door in ALL.items()},
    **AMPLITUDE,
    **NEWS,
    **TYPES,
}
DOORS = {**ANSWERS, **RULESETS, **STREAM}
USERS = ["ann", "hidden-tester"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    if lacking := missing():
        pytest.skip(f"plain HTTP needs Envoy, which cannot run here: {lacking}")
    folder = tmp_path_factory.mktemp("hidden")
    (folder / "all.yaml").write_text(PROJECT)
    options = ("--transport", "envoy", "--deployment-keys", "required", "--ruleset-listen", "127.0.0.1:0")
    with running(folder, *options) as process:
        process.rulesets = process.said("ruleset stream on").rpartition(" ")[2]
        assert not [one for one in process.ready()["diagnostics"] if "error" in one]
        yield process


def _ask(server, door, key, flag, user="ann", project=None):
    return door(Asked(server.listen, key, project, flag, user, server.rulesets))


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("name", DOORS)
def test_a_client_key_reads_nothing_of_hidden_flags_nor_why_its_own_answer_as_they_do(server, name, user):
    for flag in ("child", "never", "nothing-of-this-name"):
        answer = _ask(server, DOORS[name], WEB, flag, user)
        assert "zqx" not in answer, (name, flag, answer)


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("name", ANSWERS)
def test_a_server_key_is_answered_about_its_own_flags_and_explained_no_other(server, name, user):
    for flag in ("child", "never"):
        answer = _ask(server, ANSWERS[name], BACK, flag, user)
        assert MARK not in answer, (name, flag, answer)
        assert APART not in answer, (name, flag, answer)


@pytest.mark.parametrize("name", ["flags", "flag stream", "Subscribe", "Follow"])
def test_who_evaluates_gets_what_its_flags_need_and_nothing_else(server, name):
    got = _ask(server, DOORS[name], BACK, "child")
    assert f"{MARK}-key" in got
    assert f"{MARK}-group" in got
    assert APART not in got
    assert key_hash(BACK).removeprefix("sha256:") not in got


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("key", [None, "wrong", ELSEWHERE])
def test_a_caller_without_a_key_of_the_project_reads_nothing_of_it(server, name, key):
    for flag in ("child", f"{MARK}-key"):
        answer = _ask(server, DOORS[name], key, flag, project="shop" if name in DOORS else None)
        shown = answer.replace(f"{MARK}-key", "")
        assert "zqx" not in shown, (name, answer)
        assert "payload" not in shown, (name, answer)


@pytest.mark.parametrize(
    "name", [*(f"one: {name}" for name in ONE), "vardata", "legacy vardata", "cohort", "ReportSamples"]
)
@pytest.mark.parametrize("key", [WEB, BACK])
@pytest.mark.parametrize("hidden", [f"{MARK}-key", f"{APART}-key", f"{MARK}-group", f"{APART}-cohort"])
def test_what_is_hidden_and_what_is_not_there_read_the_same_to_the_byte(server, name, key, hidden):
    nothing = "x" * len(hidden)
    answers = [_ask(server, DOORS[name], key, flag).replace(flag, "") for flag in (hidden, nothing)]
    assert _timeless(answers[0]) == _timeless(answers[1])


def test_a_prerequisite_that_is_not_met_looks_like_a_flag_that_is_off(server):
    for name in ("one: Evaluate", "one: Watch", "one: OFREP", "vardata", "one: Connect"):
        child, never = (_ask(server, DOORS[name], WEB, flag).replace(flag, "") for flag in ("child", "never"))
        assert _timeless(child) == _timeless(never), name


def test_what_a_prerequisite_needs_is_evaluated_inside(server):
    for name in ("one: Evaluate", "one: OFREP", "vardata", "one: Connect"):
        off, on = (_ask(server, DOORS[name], WEB, "child", user) for user in USERS)
        assert re.search(r'"(key|variant|value)": ?"on"|key: "on"', on), (name, on)
        assert not re.search(r'"(key|variant|value)": ?"on"|key: "on"', off), (name, off)


def test_an_explanation_says_of_hidden_parents_only_that_they_are_there(server):
    text = _ask(server, ONE["Explain"], BACK, "child")
    assert "a flag or group that this key does not see" in text
    assert "\ndependencies {" not in text


def _timeless(answer):
    """Return `answer` without the times in it."""
    answer = re.sub(r"as_of \{[^}]*\}", "", answer)
    return re.sub(r'"asOf": ?"[^"]*"', "", answer)
