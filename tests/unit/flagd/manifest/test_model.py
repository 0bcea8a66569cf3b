import pytest
from pydantic import ValidationError

from flagd.manifest.model import Model, ObjectMeta, Whole


class Part(Model):
    at_most: Whole


def test_fields_are_camel_case_outside_and_whole_numbers_may_come_as_floats():
    assert Part.model_validate({"atMost": 25.0}).at_most == 25


@pytest.mark.parametrize("wrong", [{"atMost": 2.5}, {"atMost": "25"}, {"atMost": 25, "other": 1}, {}])
def test_nothing_is_converted_and_nothing_unknown_let_in(wrong):
    with pytest.raises(ValidationError):
        Part.model_validate(wrong)


def test_what_the_api_server_leaves_empty_has_a_default():
    meta = ObjectMeta.model_validate({"name": "x", "namespace": "", "uid": None, "labels": None, "ownerReferences": []})
    assert (meta.namespace, meta.uid, meta.labels) == ("default", "", {})


def test_kubectls_copy_of_the_object_is_dropped():
    copies = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "shop"}
    assert ObjectMeta.model_validate({"name": "x", "annotations": copies}).annotations == {"team": "shop"}


@pytest.mark.parametrize("name", ["", "X", "a_b", "-a", "a" * 254])
def test_a_name_is_one_of_kubernetes(name):
    with pytest.raises(ValidationError):
        ObjectMeta.model_validate({"name": name})
