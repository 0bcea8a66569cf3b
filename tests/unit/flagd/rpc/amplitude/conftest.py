"""What the tests of local evaluation share."""

import pytest

from flagd.metrics import Metrics
from flagd.rpc.access import Access
from flagd.rpc.amplitude.flags import FlagList
from flagd.rpc.client_rulesets import ClientRulesets
from flagd.store import Store
from tests.unit.flagd.rpc.amplitude.projects import local_project
from tests.unit.flagd.rpc.projects import snapshots


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
