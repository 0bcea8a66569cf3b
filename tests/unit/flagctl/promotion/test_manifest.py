from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from flagctl.failure import Refused
from flagctl.promotion.manifest import check_keys, inline_patches, manifests_in

if TYPE_CHECKING:
    from pathlib import Path

FLAG = "apiVersion: flagoperator.dev/v1alpha1\nkind: Flag\nmetadata: {name: %s}\n"
OTHER = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n"


def test_flags_are_found_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "flags.yaml").write_text(f"{OTHER}---\n{FLAG % 'a'}---\n{FLAG % 'b'}")
    found = manifests_in(str(tmp_path))
    assert {name: (each.document, each.place.rpartition(":")[2]) for name, (each,) in found.items()} == {
        "a": (1, "5"),
        "b": (2, "9"),
    }


def test_a_flag_that_stands_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(FLAG % "a")
    with pytest.raises(Refused, match=r"Flag a stands at .*one\.yaml:1 and at .*two\.yaml:1; keep one"):
        manifests_in(str(tmp_path))


def test_namespaces_may_have_flags_of_one_name(tmp_path: Path) -> None:
    both = [FLAG % f"a, namespace: {namespace}" for namespace in ("shop", "blog")]
    (tmp_path / "flags.yaml").write_text("---\n".join(both))
    assert [each.namespace for each in manifests_in(str(tmp_path))["a"]] == ["shop", "blog"]


@pytest.mark.parametrize("key", ["on", "1", "null", "2026-01-01", "1.5"])
def test_a_key_that_yaml_does_not_read_as_a_string_is_refused(key: str) -> None:
    for text in (f"a:\n- b:\n    {key}: 1\n", f"{{a: {{{key}: [x]}}}}"):
        with pytest.raises(Refused, match=rf"f\.yaml:\d: the key `{re.escape(key)}` .* quote it"):
            check_keys(yaml.compose(text), "f.yaml")
    check_keys(yaml.compose(f'x: &a\n  "{key}": 1\ny: {{<<: *a}}'), "f.yaml")


def test_what_holds_itself_has_its_keys_checked_once() -> None:
    check_keys(yaml.compose("a: &a\n  b: *a\n"), "f.yaml")


def test_what_is_not_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "flags.yaml").write_text(f"{FLAG % 'a'}spec: [\n")
    with pytest.raises(Refused, match=r"flags\.yaml:\d+ is not YAML"):
        manifests_in(str(tmp_path))


@pytest.mark.parametrize(
    "patch",
    [
        "- target: {kind: Flag, name: a}\n  patch: '[{op: replace, path: /spec/active, value: true}]'",
        f"- patch: |\n    {(FLAG % 'a').strip()}".replace("\nkind", "\n    kind").replace(
            "\nmetadata", "\n    metadata"
        ),
    ],
    ids=["target", "metadata"],
)
def test_a_patch_inside_a_kustomization_is_found_by_what_it_patches(tmp_path: Path, patch: str) -> None:
    (tmp_path / "kustomization.yaml").write_text(f"patches:\n{patch}\n")
    assert [(place.rpartition("/")[2], name) for place, name in inline_patches(str(tmp_path))] == [
        ("kustomization.yaml:1", "a")
    ]
