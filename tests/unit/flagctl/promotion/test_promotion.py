from __future__ import annotations

import json
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


@pytest.mark.parametrize("style", ["|", "|-", ">", "|2-"])
def test_a_text_block_is_replaced_up_to_its_end(promoted, style: str) -> None:
    block = f"spec:\n  description: {style}\n    two\n    lines\n\n"
    for rest in ("", "  owner: team # ours\n"):
        found = promoted("spec:\n  description: one\n", block + rest)
        assert yaml.safe_load(found)["spec"] == {"description": "one", **({"owner": "team"} if rest else {})}
        assert found.endswith("ours\n" if rest else "one\n\n")


def test_a_field_is_added_after_a_text_block(promoted) -> None:
    found = promoted("spec:\n  active: true\n", "spec:\n  description: |-\n    two\n    lines\n\n# end\n")
    assert found == "spec:\n  description: |-\n    two\n    lines\n  active: true\n\n# end\n"


def test_a_key_that_yaml_does_not_read_as_a_string_is_refused_on_either_side(promoted) -> None:
    plain, odd = ("spec:\n  allOtherUsers:\n    weights: {%s: 1, b: 2}\n" % key for key in ('"on"', "on"))  # noqa: UP031
    for source, target, side in [(odd, plain, "staging"), (plain, odd, "prod")]:
        with pytest.raises(Refused, match=rf'{side}/flag\.yaml:6: the key `on` .* quote it: "on"'):
            promoted(source, target)


def test_a_file_of_json_stays_json(tmp_path: Path) -> None:
    header = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag", "metadata": {"name": "checkout"}}
    for name, text in [
        (
            "staging/flag.yaml",
            HEAD + "spec:\n  owner: 'it''s us'\n  allOtherUsers: {percent: 5, weights: {\"on\": 1}}\n",
        ),
        ("prod/flag.json", json.dumps({**header, "spec": {"active": False, "allOtherUsers": {}}})),
    ]:
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    (text,) = promotion(str(tmp_path / "staging"), str(tmp_path / "prod"), (), ()).after.values()
    users = {"percent": 5, "weights": {"on": 1}}
    assert json.loads(text)["spec"] == {"active": False, "allOtherUsers": users, "owner": "it's us"}


def test_flags_of_one_name_are_told_apart_by_their_namespaces(tmp_path: Path) -> None:
    def flags(**percents: int) -> str:
        head = HEAD.replace("}", ", namespace: %s}")
        return "---\n".join(f"{head % name}spec: {{allOtherUsers: {{percent: {n}}}}}\n" for name, n in percents.items())

    for name, text in [("staging", flags(shop=1, blog=2, new=3)), ("prod", flags(blog=7, shop=8))]:
        (tmp_path / name).mkdir()
        (tmp_path / name / "flags.yaml").write_text(text)
    found = promotion(str(tmp_path / "staging"), str(tmp_path / "prod"), (), ())
    assert list(found.after.values()) == [flags(blog=2, shop=1)]
    assert found.flags == ("shop/checkout", "blog/checkout")
    (refused,) = found.refused
    assert refused.startswith("new/checkout: ")
    assert "so the namespaces have to be the same" in refused


MERGED = "apiVersion: flagoperator.dev/v1alpha1\nkind: Flag\nmetadata: {name: checkout}\nspec: {active: true}\n"
ACTIVE = "[{op: replace, path: /spec/active, value: true}]"


@pytest.mark.parametrize(
    ("kustomization", "refused"),
    [
        ({"patches": [{"target": {"kind": "Flag"}, "patch": ACTIVE}]}, True),
        ({"patches": [{"target": {"labelSelector": "a=b"}, "patch": MERGED}]}, True),
        ({"patches": [{"target": {"name": "check.*"}, "patch": ACTIVE}]}, True),
        ({"patchesJson6902": [{"target": {"kind": "Flag", "name": "checkout"}, "patch": ACTIVE}]}, True),
        ({"patchesStrategicMerge": [MERGED]}, True),
        ({"patches": [{"target": {"kind": "Flag"}, "patch": "[{op: add, path: /metadata/labels, value: {}}]"}]}, False),
        ({"patches": [{"target": {"kind": "Deployment"}, "patch": ACTIVE}]}, False),
        ({"patches": [{"target": {"name": "check"}, "patch": ACTIVE}]}, False),
        ({"patches": [{"target": {"name": "["}, "patch": ACTIVE}], "patchesStrategicMerge": ["flag.yaml"]}, False),
        ({"patches": None, "patchesJson6902": []}, False),
    ],
)
def test_a_flag_that_a_kustomization_patches_inline_is_refused_with_its_place(
    promoted, tmp_path: Path, kustomization: dict, refused: bool
) -> None:
    (tmp_path / "prod").mkdir()
    (tmp_path / "prod" / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    if refused:
        with pytest.raises(Refused, match=r"patched inline by .*kustomization\.yaml:1; edit it there"):
            promoted("spec: {active: true}\n", "spec: {active: false}\n")
    else:
        assert promoted("spec: {active: true}\n", "spec: {active: false}\n") == "spec: {active: true}\n"


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
