"""StreamAuthorization: which projects a subscriber gets, and in which form, under what is published now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flagd.api.keyring import Keyring
from flagd.api.refusals import Refusal, Refusals
from flagd.rpc.status import PermissionDenied, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.sync.publisher.publication import Publication
    from flagd.sync.publisher.subscription import Subscription
    from flagd.sync.publisher.update_cache import Delivery

ClientPolicy = Literal["optional", "required", "refused"]


class StreamAuthorization:
    """Knows what every subscriber may have. Asked again whenever the publication changes, as keys come and go."""

    def __init__(self, clients: ClientPolicy) -> None:
        """Let clients in by this policy: with or without a deployment key, only with one, or not at all."""
        self._clients = clients
        self._publication: Publication | None = None
        self._keyring = Keyring()
        self._refusals = Refusals()

    def forms(
        self, subscription: Subscription, authorization: str | None, publication: Publication
    ) -> Mapping[str, Delivery]:
        """Return the form that the subscriber gets of every project of `publication` that it wants and may have.

        Raises:
            Unauthenticated: a client's key is needed and missing, or not known.
            PermissionDenied: it is not a Server key, or clients are not served here.
        """
        wanted = [project for project in publication.rulesets if subscription.wants(project)]
        if subscription.role != "client":
            return dict.fromkeys(wanted, "whole")
        self.check(subscription)
        if authorization is None and self._clients == "optional":
            return dict.fromkeys(wanted, "open")
        return self._granted(wanted, authorization or "", publication)

    def check(self, subscription: Subscription) -> None:
        """Raise PermissionDenied for a client where clients are not served."""
        if subscription.role == "client" and self._clients == "refused":
            raise PermissionDenied("clients are not served here; connect to flagd")

    def _granted(self, wanted: list[str], authorization: str, publication: Publication) -> Mapping[str, Delivery]:
        if publication is not self._publication:
            self._keyring = Keyring(publication.rulesets.values())
            self._publication = publication
        try:
            grants = self._keyring.grants(authorization)
        except Unauthenticated:
            self._refusals.note(Refusal.WRONG_KEY if authorization else Refusal.NO_KEY, "")
            raise
        servers = {grant.project for grant in grants if grant.server}
        if not servers:
            raise PermissionDenied("rulesets need a Server deployment key")
        return {
            project: frozenset(grant.deployment for grant in grants if grant.project == project)
            for project in wanted
            if project in servers
        }
