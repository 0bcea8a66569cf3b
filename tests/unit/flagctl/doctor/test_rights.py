from __future__ import annotations

from pathlib import Path

import yaml

from flagctl.doctor.rights import Right, rights_of_flags, rights_of_parts

RULES = yaml.safe_load((Path(__file__).parents[4] / "charts" / "flagoperator" / "files" / "rbac.yaml").read_text())
WHERE = {"cluster": "", "definitions": "", "subscribers": "", "serving": "", "lease": "lease", "evaluation": "service"}


def granted() -> set[Right]:
    """Return the rules of the chart, one verb on one resource at a time."""
    return {
        Right(verb, group, resource, WHERE[part], name, vital=part != "definitions")
        for part, rules in RULES.items()
        for rule in rules
        for verb in rule["verbs"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", [""])
    }


def test_what_the_operator_needs_is_what_the_chart_grants():
    assert {*rights_of_flags(""), *rights_of_parts("lease", "service", reviews=True, serving=True)} == granted()


def test_who_shows_no_token_of_an_account_needs_no_reviews():
    assert "tokenreviews" not in {
        each.resource for each in rights_of_parts("lease", "service", reviews=False, serving=False)
    }
