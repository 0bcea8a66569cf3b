from __future__ import annotations

import hashlib

import pytest

from flagd.rpc.status import PermissionDenied, Unauthenticated
from flagd.sync.publisher.authorization import StreamAuthorization
from flagd.sync.publisher.publication import Publication
from flagd.sync.publisher.subscription import Subscription
from tests.unit.flagd.compiler.manifest import compiled, resource


def key_hash(key):
    return "sha256:" + hashlib.sha256(key.encode()).hexdigest()


def keyed(kind, key):
    spec = {"type": kind, "keyHashes": [key_hash(key)]}
    return compiled(resource("FlagDeployment", kind.lower(), spec)).ruleset


SHOP, OPEN = keyed("Server", "server-1"), keyed("Client", "client-1")
PUBLICATION = Publication({"shop": SHOP, "open": OPEN})


def subscription(role="client", *projects):
    return Subscription(role, "n", frozenset(projects), {})


def test_a_replica_gets_everything_that_it_wants_as_it_is():
    forms = StreamAuthorization("refused").forms
    assert forms(subscription("replica"), None, PUBLICATION) == {"shop": "whole", "open": "whole"}
    assert forms(subscription("operator", "shop"), None, PUBLICATION) == {"shop": "whole"}


def test_a_client_without_a_key_gets_the_open_form_only_where_keys_are_optional():
    assert StreamAuthorization("optional").forms(subscription("client", "open"), None, PUBLICATION) == {"open": "open"}
    with pytest.raises(Unauthenticated):
        StreamAuthorization("required").forms(subscription(), None, PUBLICATION)
    with pytest.raises(PermissionDenied, match="connect to flagd"):
        StreamAuthorization("refused").forms(subscription(), None, PUBLICATION)


def test_a_server_key_opens_its_project():
    assert StreamAuthorization("required").forms(subscription(), "Api-Key server-1", PUBLICATION).keys() <= {"shop"}


def test_a_client_key_opens_no_ruleset():
    with pytest.raises(PermissionDenied, match="Server deployment key"):
        StreamAuthorization("optional").forms(subscription(), "Api-Key client-1", PUBLICATION)


def test_a_key_that_goes_opens_nothing_any_more():
    authorization = StreamAuthorization("required")
    authorization.forms(subscription(), "Api-Key server-1", PUBLICATION)
    with pytest.raises(Unauthenticated):
        authorization.forms(subscription(), "Api-Key server-1", Publication({"open": OPEN}))
