"""CohortIds: the cohorts that a caller knows somebody to be in, as JSON says it at every door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.rpc.limits import COHORT_IDS, check_cohort_ids, check_count
from flagd.rpc.shape import list_of_texts, wrong

if TYPE_CHECKING:
    from flagd.rpc.budget import Budget


def read_cohort_ids(value: object, where: str, budget: Budget) -> list[str]:
    """Return the ids. Raises InvalidArgument for another shape, for too many and for too long ones."""
    if not isinstance(value, list):
        raise wrong(where, "a list of strings", value)
    check_count(len(value), COHORT_IDS, where)
    ids = list_of_texts(value, where)
    check_cohort_ids(ids, where)
    budget.spend(len(ids))
    return ids
