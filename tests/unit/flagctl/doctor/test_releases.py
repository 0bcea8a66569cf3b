from __future__ import annotations

from typing import Any

import pytest

from flagctl.doctor.picture import Installation, Picture
from flagctl.doctor.releases import LABEL, check

WHERE = Installation("flags", "system:serviceaccount:flags:flagoperator", ("flags", "flagd"))


def said(image: str, label: str = "", crds: str = "0.2.0") -> list[tuple[str, str]]:
    """Return level and text where the operator runs `image` with `label`, and flagctl is 0.2.0."""
    pod = {"spec": {"containers": [{"image": image}]}}
    operator: dict[str, Any] = {"metadata": {"labels": {LABEL: label}}, "spec": {"template": pod}}
    picture = Picture(0.0, "0.2.0", WHERE, releases={"flags.x": crds}, deployments={"operator": operator})
    return [(str(each.level), each.text) for each in check(picture)]


@pytest.mark.parametrize(
    "image",
    ["flags/flagoperator:0.2.0", "host:5000/flagoperator:0.2.0@sha256:00", "flagoperator@sha256:00", "flagoperator"],
)
def test_an_image_of_this_release_or_of_none_is_well(image: str):
    assert [level for level, _ in said(image)] == ["ok"]


@pytest.mark.parametrize(
    ("image", "label", "release"),
    [
        ("flagoperator:0.1.0", "0.2.0", "0.1.0"),
        ("flagoperator:latest", "0.1.9", "0.1.9"),
        ("a:5000/b", "0.1.1", "0.1.1"),
    ],
)
def test_the_tag_counts_more_than_the_label(image: str, label: str, release: str):
    ((level, text),) = said(image, label)
    assert (level, f"operator is {release}, older than flagctl 0.2.0" in text) == ("warning", True)


def test_a_crd_that_is_older_than_any_part_is_named():
    ((level, text),) = said("flagoperator:0.2.0", crds="0.1.0")
    assert (level, "CRDs older than flagctl and operator 0.2.0: flags.x (0.1.0)" in text) == ("warning", True)


def test_a_crd_that_is_newer_makes_the_others_older():
    ((level, text),) = said("flagoperator:0.2.0", crds="0.3.0")
    assert (level, "flagctl is 0.2.0 and operator is 0.2.0, older than a CRD 0.3.0" in text) == ("warning", True)
