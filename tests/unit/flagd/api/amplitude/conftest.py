"""What the tests of local evaluation share."""

import pytest

from flagd.api.access import Access
from flagd.api.amplitude.flags import FlagList
from flagd.api.client_rulesets import ClientRulesets
from flagd.metrics import Metrics
from flagd.store import Store
from tests.unit.flagd.api.amplitude.projects import local_project
from tests.unit.flagd.api.projects import snapshots


@pytest.fixture
def store():
    store = Store()
    store.replace(snapshots(local_project()))
    return store


@pytest.fixture
def access(store):
    return Access(store, Metrics())


@pytest.fixture
def flags(access):
    return FlagList(access, ClientRulesets())
