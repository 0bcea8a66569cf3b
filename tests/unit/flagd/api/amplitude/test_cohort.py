"""Cohorts, as SDKs for local evaluation download them."""

import json
from base64 import b64encode

import pytest

from flagd.api.amplitude.cohort import CohortList
from flagd.api.client_rulesets import ClientRulesets
from flagd.rpc.status import InvalidArgument, NotFound, PermissionDenied, Unauthenticated
from tests.unit.flagd.api.amplitude.projects import KEY, SERVER, local_project
from tests.unit.flagd.api.projects import snapshots
from tests.unit.flagd.api.requests import request


def basic(text):
    return {"authorization": f"Basic {b64encode(text.encode()).decode()}"}


@pytest.fixture
def cohorts(access):
    return CohortList(access, ClientRulesets())


async def _ask(cohorts, query="", **headers):
    return await cohorts.answer(request(tail="friends", query=query, **(headers or basic(f"{KEY}:secret"))))


async def test_a_cohort_has_the_fields_of_amplitudes(cohorts):
    answer = await _ask(cohorts, "maxCohortSize=3")
    cohort = json.loads(answer.body)
    assert 0 < cohort.pop("lastModified") < 2**53
    assert cohort == {"cohortId": "friends", "size": 3, "memberIds": ["ann", "bob", "cat"], "groupType": "User"}


async def test_a_cohort_that_the_caller_has_is_not_sent_again_until_it_changes(cohorts, store):
    modified = json.loads((await _ask(cohorts)).body)["lastModified"]
    assert (await _ask(cohorts, f"lastModified={modified}")).status == 204
    store.replace(snapshots(local_project().replace("bob, ann", "ann")))
    assert (await _ask(cohorts, f"lastModified={modified}")).status == 200


async def test_a_cohort_that_is_more_than_the_caller_takes_is_refused(cohorts):
    assert (await _ask(cohorts, "maxCohortSize=2")).status == 413


@pytest.mark.parametrize("headers", [SERVER, basic(KEY), basic(f"{KEY}:a:b")])
async def test_the_key_may_come_as_a_user_name_or_as_everywhere_else(cohorts, headers):
    assert (await _ask(cohorts, **headers)).status == 200


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        (basic("client-key:secret"), PermissionDenied),
        (basic("wrong:secret"), Unauthenticated),
        (basic(":"), Unauthenticated),
        ({"authorization": "Basic ä"}, Unauthenticated),
        ({"authorization": "Basic /w=="}, Unauthenticated),
    ],
)
async def test_other_keys_are_refused(cohorts, headers, error):
    with pytest.raises(error):
        await _ask(cohorts, **headers)


@pytest.mark.parametrize("name", ["nobody", "strangers", ""])
async def test_a_cohort_that_no_flag_of_the_caller_names_is_unknown(cohorts, name):
    with pytest.raises(NotFound):
        await cohorts.answer(request(tail=name, **SERVER))


@pytest.mark.parametrize("query", ["maxCohortSize=many", "lastModified=-1", f"maxCohortSize={'9' * 20}"])
async def test_numbers_must_be_numbers(cohorts, query):
    with pytest.raises(InvalidArgument):
        await _ask(cohorts, query)


async def test_a_list_that_was_fetched_is_refused_with_the_reason(cohorts, store):
    listed = local_project().replace("members: [bob, ann, cat]", "from: {source: warehouse, path: friends.csv}")
    store.replace(snapshots(listed))
    answer = await _ask(cohorts)
    assert answer.status == 413
    assert "flagd keeps hashes of its ids" in json.loads(answer.body)["message"]
