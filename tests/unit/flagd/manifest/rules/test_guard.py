import pytest

from flagd.manifest.parts.guard import RampGuard
from flagd.manifest.rules.guard import check_guards

GUARD = {"name": "errors", "prometheus": {"query": "sum(rate(errors[5m]))"}, "max": "0.02"}


def reasons(*guards):
    parsed = [RampGuard.model_validate(guard) for guard in guards]
    return [(each.path, each.reason) for each in check_guards(parsed, ("guards",))]


def test_a_guard_that_is_right_is_accepted():
    assert reasons(GUARD, {**GUARD, "name": "other", "min": 0}) == []


@pytest.mark.parametrize(
    ("fields", "path", "reason"),
    [
        ({"max": None}, ("guards", 0), "MissingField"),
        ({"min": 1}, ("guards", 0, "min"), "EmptyRange"),
        ({"interval": "5s"}, ("guards", 0, "interval"), "TooShort"),
        ({"prometheus": {"query": "sum("}}, ("guards", 0, "prometheus", "query"), "InvalidQuery"),
    ],
)
def test_a_guard_that_could_not_judge_is_refused(fields, path, reason):
    assert reasons({**GUARD, **fields}) == [(path, reason)]


def test_a_name_stands_once():
    assert [reason for _, reason in reasons(GUARD, GUARD)] == ["Repeated"]
