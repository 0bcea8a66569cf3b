import pytest

from flagd.manifest import KINDS, ResourceRef
from flagoperator.cluster.address import collection, kind_of, object_path, status_path

FLAG = ResourceRef("Flag", "shop", "checkout")


def test_objects_have_the_paths_of_the_api_server():
    assert collection("FlagSegment") == "/apis/flagoperator.dev/v1alpha1/flagsegments"
    assert object_path(FLAG) == "/apis/flagoperator.dev/v1alpha1/namespaces/shop/flags/checkout"
    assert status_path(FLAG) == f"{object_path(FLAG)}/status"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_found_by_its_plural(kind):
    assert kind_of(KINDS[kind].plural) == kind
    assert kind_of("pods") is None
