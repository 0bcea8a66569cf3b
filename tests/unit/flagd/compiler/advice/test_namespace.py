"""Namespaces that are nearly others."""

import pytest

from flagd.compiler.advice.namespace import similar_namespaces
from flagd.manifest import read_text

SLIPS = [
    (["default", "default", "defualt"], ("defualt", "default")),
    (["defualt", "defualt", "default"], ("defualt", "default")),
    (["shop", "shop", "shpo"], ("shpo", "shop")),
    (["shop", "shop", "shopp"], ("shopp", "shop")),
    (["shop", "shop", "shp"], ("shp", "shop")),
    (["shop", "shop", "hop"], ("hop", "shop")),
    (["shop", "shop", "shap"], ("shap", "shop")),
    (["shop", "shpo"], ("shpo", "shop")),
    (["team-checkout", "team-chekout"], ("team-chekout", "team-checkout")),
    (["web-shop", "webshop"], ("webshop", "web-shop")),
    (["dev", "dve"], ("dve", "dev")),
    (["aab", "baa", "stage", "satge"], ("satge", "stage")),
]
NONE = [
    ["default"],
    ["default", "shop", "billing"],
    ["shop-1", "shop-2", "shop-21"],
    ["team-a", "team-b"],
    ["shop-eu", "shop-us"],
    ["dev", "web"],
    ["shop", "shops-eu"],
    ["shop", "sohp-x"],
]


def _found(namespaces):
    flag = "kind: Flag\napiVersion: flagoperator.dev/v1alpha1\nspec: {variants: [{key: a}]}\nmetadata: "
    documents = [f"{flag}{{name: f{number}, namespace: {name}}}" for number, name in enumerate(namespaces)]
    return similar_namespaces([one.ref for one in read_text("\n---\n".join(documents)).resources])


@pytest.mark.parametrize(("namespaces", "slip"), SLIPS)
def test_a_namespace_one_letter_away_from_another_is_told(namespaces, slip):
    [found] = _found(namespaces)
    assert (found.reason, found.path, found.severity) == ("SimilarNamespace", "metadata.namespace", "warning")
    assert found.resource.namespace == slip[0]
    assert found.message.startswith(f"the namespace '{slip[0]}' is one letter away from '{slip[1]}'")


@pytest.mark.parametrize("namespaces", NONE)
def test_names_that_differ_on_purpose_are_not(namespaces):
    assert _found(namespaces) == []
