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


COMPARED = {
    "name": "errors",
    "compare": {"failures": 'errors_total{flag="{{flag}}"}', "attempts": 'requests_total{flag="{{flag}}"}'},
}


def compared(**fields):
    return {**COMPARED, "compare": {**COMPARED["compare"], **fields}}


def test_a_comparison_needs_no_bounds():
    assert reasons(COMPARED, {**compared(margin="1.5", minAttempts=50), "name": "other", "interval": "30s"}) == []


@pytest.mark.parametrize(
    "query",
    [
        "rate(errors_total[5m])",
        "increase(errors_total[5m])",
        "irate(errors_total[1m])",
        "(delta(errors_total[1m]))",
        "sum(rate(errors_total[5m]))",
        "sum(errors_total)",
        "errors_total * 2",
        "errors_total or vector(0)",
        "-errors_total",
        "errors_total offset 5m",
        "errors_total @ 100",
        "errors_total[5m]",
        "vector(1)",
        "1",
        "errors_total{",
    ],
)
@pytest.mark.parametrize("field", ["failures", "attempts"])
def test_what_is_compared_is_a_counter_as_it_is(field, query):
    assert reasons(compared(**{field: query})) == [(("guards", 0, "compare", field), "InvalidQuery")]


@pytest.mark.parametrize("query", ["(errors_total)", '{__name__=~"errors_total|faults_total", code=~"5.."}'])
def test_any_one_selector_is_a_counter(query):
    assert reasons(compared(failures=query)) == []


@pytest.mark.parametrize("margin", ["0.99", 0, "-1", "10.1", 11])
def test_a_margin_is_from_1_to_10(margin):
    assert reasons(compared(margin=margin)) == [(("guards", 0, "compare", "margin"), "OutOfRange")]


def test_failures_and_attempts_are_two_counters():
    found = reasons(compared(attempts=COMPARED["compare"]["failures"]))
    assert found == [(("guards", 0, "compare", "attempts"), "SameQuery")]


def test_a_guard_measures_or_compares():
    assert reasons({"name": "errors", "max": 1}) == [(("guards", 0), "AmbiguousGuard")]
    assert reasons({**COMPARED, "prometheus": GUARD["prometheus"]}) == [(("guards", 0), "AmbiguousGuard")]


@pytest.mark.parametrize("field", [{"max": 1}, {"min": 1}, {"failureLimit": 1}, {"onNoData": "Failure"}])
def test_what_bounds_a_measurement_stands_not_beside_a_comparison(field):
    assert reasons({**COMPARED, **field}) == [(("guards", 0, *field), "UnwantedField")]


def test_a_name_stands_once():
    assert [reason for _, reason in reasons(GUARD, GUARD)] == ["Repeated"]
