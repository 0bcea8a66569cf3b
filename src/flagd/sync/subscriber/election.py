"""Election: which of several publishers is listened to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flagd.sync.subscriber.connection import Contact


def elect(contacts: Iterable[Contact], leader: Contact | None) -> Contact | None:
    """Return whom to listen to: of those that say that they decide, of the highest epoch; None = nobody does.

    Of several in one epoch, one that is in touch with its own source, and rather `leader`, who was listened to before.
    """
    deciding = [(contact, contact.term) for contact in contacts if contact.term is not None and contact.term.publishing]
    best = max(deciding, key=lambda pair: (pair[1].epoch, not pair[1].stale, pair[0] is leader), default=None)
    return best and best[0]
