import pytest
from pydantic import TypeAdapter, ValidationError

from flagd.manifest.parts.bound import Bound

BOUND: TypeAdapter[int | str] = TypeAdapter(Bound)


@pytest.mark.parametrize(("given", "kept"), [(500, 500), (-1, -1), (5.0, 5), ("0.02", "0.02"), ("-3", "-3")])
def test_a_bound_is_kept_as_it_was_written(given, kept):
    assert BOUND.validate_python(given) == kept


@pytest.mark.parametrize("wrong", [0.02, True, "1e3", ".5", "", "x", None, "1" * 16, float("inf"), float("nan")])
def test_what_is_not_a_bound_is_refused(wrong):
    with pytest.raises(ValidationError):
        BOUND.validate_python(wrong)
