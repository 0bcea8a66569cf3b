import pytest

from flagctl.dashboard.pages.sentence import audience, sentence

PRO = {"name": "Pro in Canada", "rollout": {"percent": 25}}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"active": True, "segments": [PRO]}, "25 % of Pro in Canada; nobody else"),
        (
            {"active": True, "segments": [PRO], "allOtherUsers": {"percent": 5}},
            "25 % of Pro in Canada; 5 % of everybody else",
        ),
        ({"active": True, "allOtherUsers": {"percent": "0.5"}}, "0.5 % of everybody"),
        ({"active": True}, "Nobody"),
        ({}, "Inactive: nobody gets anything"),
        ({"variants": [{"testers": {"users": ["a"]}}]}, "Inactive: only its testers get something"),
        (
            {
                "active": True,
                "allOtherUsers": {"percent": 1},
                "prerequisites": {"flags": [{"key": "a", "variants": ["x", "y"]}]},
            },
            "1 % of everybody; only where a is x or y",
        ),
    ],
)
def test_a_rule_is_a_sentence(spec, said):
    assert sentence(spec) == said


def test_an_audience_is_a_phrase():
    match = [{"attribute": "user.country", "op": "is", "values": ["CA", "US"]}]
    assert audience({"match": match, "segmentRefs": ["pro"]}) == "user.country is CA, US and in segment pro"
    assert audience({}) == "everybody"
