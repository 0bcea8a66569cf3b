from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from flagctl.failure import Refused
from flagctl.promotion.carrying import carried
from flagctl.promotion.promotion import promotion

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "apiVersion: flagoperator.dev/v1alpha1\nkind: Flag\nmetadata: {name: checkout}\n"


@pytest.fixture
def promoted(tmp_path: Path):
    """Promote one text into another, and return what the target becomes."""

    def promote(source: str, target: str, only: str = "") -> str:
        for name, text in (("staging", source), ("prod", target)):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "flag.yaml").write_text(HEAD + textwrap.dedent(text))
        arguments = str(tmp_path / "staging"), str(tmp_path / "prod"), (), tuple(filter(None, only.split(",")))
        found = promotion(*arguments)
        if found.refused:
            raise Refused("; ".join(found.refused))
        file = tmp_path / "prod" / "flag.yaml"
        for text in found.after.values():
            file.write_text(text)
        assert promotion(*arguments).after == {}  # idempotent
        return file.read_text().removeprefix(HEAD)

    return promote


STAGING = """\
    spec:
      active: true   # since Monday
      segments:
        - name: Canada
          match:
            - {attribute: user.country, op: is, values: [CA]}
          rollout: {percent: "12.5", weights: {"on": 1}}
      allOtherUsers: {percent: 25}
    """


@pytest.mark.parametrize(
    ("target", "only", "wanted"),
    [
        (
            """\
            spec:   # of prod
              allOtherUsers: {percent: 10}  # careful
              active: true
            """,
            "percent",
            """\
            spec:   # of prod
              allOtherUsers: {percent: 25}  # careful
              active: true
            """,
        ),
        (
            """\
            spec:
              allOtherUsers:
                # how many
                percent: 10 # careful

              owner: 'team'
            """,
            "percent",
            """\
            spec:
              allOtherUsers:
                # how many
                percent: 25 # careful

              owner: 'team'
            """,
        ),
        (
            """\
            spec:
              segments:
              - {name: Canada, match: [], rollout: {percent: 1}}
              - {name: Prod only, match: [], rollout: {percent: 2}}
            """,
            "percent",
            """\
            spec:
              segments:
              - {name: Canada, match: [], rollout: {percent: "12.5"}}
              - {name: Prod only, match: [], rollout: {percent: 2}}
              allOtherUsers:
                percent: 25
            """,
        ),
        (
            """\
            # nothing yet
            spec: {owner: team} # ours
            """,
            "active",
            """\
            # nothing yet
            spec: {owner: team, active: true} # ours
            """,
        ),
        (
            """\
            spec:
              owner: team # ours
              # the end
            """,
            "segments",
            """\
            spec:
              owner: team # ours
              segments:
                - name: Canada
                  match:
                    - {attribute: user.country, op: is, values: [CA]}
                  rollout: {percent: "12.5", weights: {"on": 1}}
              # the end
            """,
        ),
    ],
    ids=["flow", "block", "entries", "new in flow", "new in block"],
)
def test_only_what_differs_is_edited(promoted, target: str, only: str, wanted: str) -> None:
    result = promoted(STAGING, target, only)
    expected = textwrap.dedent(wanted)
    assert yaml.safe_load(result) == yaml.safe_load(expected)
    if "allOtherUsers:\n    percent: 25" not in expected:
        assert result == expected


def test_everything_is_carried_and_what_the_source_does_not_say_stays(promoted) -> None:
    result = promoted(STAGING, "spec:\n  owner: team\n  active: false\n  segments: []\n")
    assert yaml.safe_load(result)["spec"] == {"owner": "team", **yaml.safe_load(textwrap.dedent(STAGING))["spec"]}


@pytest.mark.parametrize("target", ["spec:\n  active: &on false\n  testing: *on\n"])
def test_a_value_that_others_share_is_refused_with_its_place(promoted, target: str) -> None:
    with pytest.raises(Refused, match=r"prod/flag.yaml:1 cannot be edited without changing more"):
        promoted("spec:\n  active: true\n", target)


def test_the_same_number_written_otherwise_is_not_edited(promoted) -> None:
    target = 'spec:\n  allOtherUsers: {percent: "25.0"}\n'
    assert promoted("spec: {allOtherUsers: {percent: 25}}", target) == target


scalars = st.one_of(st.booleans(), st.integers(0, 100), st.text("ab: #-'\"é\n", max_size=5))
leaves = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=6,
)
rollouts = st.dictionaries(st.sampled_from(["percent", "weights"]), leaves, max_size=2)
entries = st.fixed_dictionaries(
    {"name": st.sampled_from("xyz")}, optional={"match": leaves, "rollout": rollouts, "order": scalars}
)
segments = st.lists(entries, max_size=3, unique_by=lambda entry: entry["name"])
specs = st.fixed_dictionaries(
    {}, optional={"active": scalars, "segments": segments, "metadata": leaves, "allOtherUsers": rollouts}
)


@settings(max_examples=25, deadline=None)
@given(specs, specs, st.booleans(), st.booleans(), st.sampled_from([(), ("percent",), ("segments",)]))
def test_whatever_is_promoted_means_what_was_wanted_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, source: dict, target: dict, flow: bool, other: bool, only: tuple[str, ...]
) -> None:
    folder = tmp_path_factory.mktemp("overlays")
    for name, spec, style in (("staging", source, flow), ("prod", target, other)):
        (folder / name).mkdir()
        dumped = yaml.safe_dump(spec, default_flow_style=style, allow_unicode=True, width=10_000)
        text = f"spec: {dumped}" if style else f"spec:\n{textwrap.indent(dumped, '  ')}"
        (folder / name / "flag.yaml").write_text(HEAD + text)
    found = promotion(str(folder / "staging"), str(folder / "prod"), (), only)
    assert not found.refused
    text = next(iter(found.after.values()), (folder / "prod" / "flag.yaml").read_text())
    assert yaml.safe_load(text)["spec"] == carried(source, target, only)
