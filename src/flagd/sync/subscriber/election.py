"""Election: which of several publishers is listened to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.sync.subscriber.connection import PublisherConnection


def elect(connections: Iterable[PublisherConnection], leader: PublisherConnection | None) -> PublisherConnection | None:
    """Return whom to listen to: of those that say that they decide, of the highest epoch; None = nobody does.

    Of several in one epoch, one that is in touch with its own source, and rather `leader`, who was listened to before.
    """
    deciding = [
        (connection, connection.term)
        for connection in connections
        if connection.term is not None and connection.term.publishing
    ]
    best = max(deciding, key=lambda pair: (pair[1].epoch, not pair[1].stale, pair[0] is leader), default=None)
    return best and best[0]
