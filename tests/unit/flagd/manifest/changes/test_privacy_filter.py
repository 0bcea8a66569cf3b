"""Findings on their way to the log."""

import pytest

from flagd.manifest import read_text
from flagd.manifest.changes.privacy_filter import redacted
from flagd.manifest.reading.files import SourceFile
from flagd.sources.reading import Reading, take

WRONG = [
    'spec: {variants: [{key: "on", testers: {userIds: [4711]}}]}',
    'spec: {variants: [{key: "on"}], offTesters: {userIds: ann@example.com}}',
    'spec: {variants: [{key: "on"}], offTesters: {groups: {company: [4711]}}}',
    'spec: {variants: [{key: "on"}], segments: [{name: s, rollout: {percent: 1},'
    " match: [{attribute: user.user_id, op: is, values: [4711]}]}]}",
]


@pytest.mark.parametrize("spec", WRONG)
def test_a_finding_in_a_list_of_users_says_where_and_not_who(spec):
    text = f"kind: Flag\napiVersion: flagoperator.dev/v1alpha1\nmetadata: {{name: a}}\n{spec}\n"
    [finding] = take([SourceFile("a.yaml", text.encode())], Reading()).diagnostics
    assert "4711" not in str(finding)
    assert "ann@example.com" not in str(finding)
    assert str(finding).startswith("a.yaml:4: Flag default/a: spec.")
    assert finding.reason == "WrongType"


def test_any_other_finding_keeps_its_text():
    text = "kind: Flag\napiVersion: flagoperator.dev/v1alpha1\nmetadata: {name: a}\nspec: {variantz: []}\n"
    assert any(
        "variantz" in finding.message for finding in take([SourceFile("a", text.encode())], Reading()).diagnostics
    )


def test_a_missing_cohort_is_named_for_it_is_no_user():
    text = (
        'kind: Flag\napiVersion: flagoperator.dev/v1alpha1\nmetadata: {name: a}\nspec: {variants: [{key: "on"}], '
        "segments: [{name: s, rollout: {percent: 1}, match: [{op: in cohort, values: [beta]}]}]}\n"
    )
    [finding] = take([SourceFile("a", text.encode())], Reading()).diagnostics
    assert "FlagCohort 'beta'" in finding.message


HEAD = "apiVersion: flagoperator.dev/v1alpha1\nkind: %s\nmetadata: {name: a, namespace: s}\nspec: %s\n"
USER = "maria@example.com"


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Flag", "{active: true, variants: [{key: a}], segments: [{name: x, match: %s}]}"),
        ("Flag", "{active: true, variants: [{key: a}], segments: [{name: x, match: [%s]}]}"),
        ("Flag", "{active: true, variants: [{key: a}], segments: [{name: x, match: [{op: is, %s: x}]}]}"),
        ("Flag", "{active: true, variants: [{key: a}], bucketing: %s}"),
        ("Flag", "{active: true, variants: [{key: a, payload: {x: %s, x: 2}}]}"),
        ("FlagCohort", "%s"),
        ("FlagCohort", "{members: %s}"),
        ("FlagCohort", "{%s: a}"),
        ("FlagSegment", "{anyOf: %s}"),
    ],
)
def test_a_user_in_a_wrong_place_is_not_named(kind, spec):
    found = [redacted(each) for each in read_text(HEAD % (kind, spec % USER), "a.yaml").diagnostics]
    assert found
    assert "maria" not in " ".join(map(str, found))
