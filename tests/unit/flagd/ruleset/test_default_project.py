import pytest

from flagd.ruleset.default_project import DefaultProject


@pytest.mark.parametrize(
    ("rule", "served", "known", "before", "meant"),
    [
        (DefaultProject("shop"), ["default", "shop"], [], None, "shop"),
        (DefaultProject("shop"), [], [], None, "shop"),
        (DefaultProject(), ["a", "default"], [], None, "default"),
        (DefaultProject(), ["a"], ["default"], None, "default"),
        (DefaultProject(), ["a"], [], None, "a"),
        (DefaultProject(), ["a", "b"], [], None, None),
        (DefaultProject(), [], [], "a", "a"),
        (DefaultProject(alone=False), ["a"], [], None, None),
        (DefaultProject(alone=False), ["default"], [], None, "default"),
    ],
)
def test_the_project_that_is_meant(rule, served, known, before, meant):
    assert rule.among(served, known, before) == meant
