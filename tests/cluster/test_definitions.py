"""CRDs that were not upgraded with the operator are told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.manifest.crd import VERSION_ANNOTATION
from tests.cluster.installation import DEFINITIONS

if TYPE_CHECKING:
    from tests.cluster.stage import Stage


def test_definitions_of_an_older_release_are_told_of(stage: Stage):
    path = f"{DEFINITIONS}/flaggroups.flagoperator.dev"
    crd = stage.plane.request(path)
    release = crd["metadata"]["annotations"][VERSION_ANNOTATION]
    crd["metadata"]["annotations"][VERSION_ANNOTATION] = "0.0.1"
    stage.plane.request(path, "PUT", crd)
    try:
        operator = stage.operator()
        operator.said(r"CRDs older than this operator, .*: flaggroups.flagoperator.dev \(0.0.1\)")
        assert operator.metric("flagoperator_crds_outdated") == 1
    finally:
        crd = stage.plane.request(path)
        crd["metadata"]["annotations"][VERSION_ANNOTATION] = release
        stage.plane.request(path, "PUT", crd)


def test_definitions_of_this_release_are_nothing_to_tell(stage: Stage):
    operator = stage.operator()
    stage.until(lambda: operator.metric("flagoperator_crds_outdated") == 0)
