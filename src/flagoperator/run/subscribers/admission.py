"""Admission: who may subscribe to one operator, as its options say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.command_line.exposure import Exposure
from flagd.sync.publisher import TokenAdmission
from flagoperator.cluster.token_review import review_token
from flagoperator.run.subscribers.account_admission import AccountAdmission
from flagoperator.run.subscribers.reviewer import Reviewer

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Awaitable, Callable, Collection
    from pathlib import Path

    from flagd.sync.publisher import Admission
    from flagoperator.cluster.api import Api
    from flagoperator.cluster.token_review import TokenReview
    from flagoperator.run.options import Options

# Such a token is short-lived and worth nothing elsewhere. One of a file is never sent in plain text.
_READ = "anyone who listens in on {} reads rulesets, and tokens to subscribe with"
_LAST_GOOD = "any server that answers at {} decides what broken flags keep serving"


def make_admission(options: Options, api: Api, counts: Counter[str]) -> Admission:
    """Return what decides on subscribers; reviews of tokens are counted by result in `counts`."""
    if options.subscribers:
        reviewer = Reviewer(_asking(api, options.token_audience), counts)
        return AccountAdmission(reviewer, options.token_audience, options.subscribers)
    return TokenAdmission(_reading(options.token_file) if options.token_file else None)


def exposures(options: Options) -> list[Exposure]:
    """Return where an operator with these options asks nobody who they are."""
    certified = options.tls is not None and options.tls.client_ca is not None
    found = []
    if not (certified or options.token_file is not None or options.subscribers):
        found.append(Exposure.giving("--listen", options.listen, "--subscribers, --token-file or --tls-client-ca"))
    if options.subscribers and options.tls is None:
        found.append(Exposure("--listen", options.listen, _READ.format(options.listen), "--tls-cert"))
    if options.peer_ca is None:
        found += [Exposure("--peers", host, _LAST_GOOD.format(host), "--peer-ca") for host in options.peers]
    return found


def _asking(api: Api, audience: str) -> Callable[[str], Awaitable[TokenReview]]:
    def ask(token: str) -> Awaitable[TokenReview]:
        return review_token(api, token, audience)

    return ask


def _reading(file: Path) -> Callable[[], Collection[str]]:
    def read() -> Collection[str]:
        return [line for line in file.read_text().splitlines() if line]

    return read
