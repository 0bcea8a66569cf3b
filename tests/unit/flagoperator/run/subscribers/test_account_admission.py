"""Whom the operator lets in by a ServiceAccount's token, also while the API server is away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from flagd.rpc.method import Call
from flagd.rpc.status import PermissionDenied, Unauthenticated, Unavailable
from flagoperator.cluster.api import ApiError
from flagoperator.cluster.token_review import TokenReview
from flagoperator.run.subscribers import account_admission as module
from flagoperator.run.subscribers.account_admission import KNOWN_SECONDS, LEEWAY_SECONDS, TOKEN_BYTES, AccountAdmission
from flagoperator.run.subscribers.reviewer import AWAY_SECONDS, FRESH_SECONDS, Reviewer
from tests.unit.flagoperator.cluster.test_token_claims import token

if TYPE_CHECKING:
    from flagd.sync.publisher.subscribers import RoleName

NOW = 1_700_000_000.0
FLAGD, OTHER = (f"system:serviceaccount:flags:{name}" for name in ("flagd", "other"))
EXPIRED = token({"aud": ["flagoperator"], "exp": NOW - LEEWAY_SECONDS - 1})
FOREIGN = token({"aud": ["https://kubernetes.default.svc"], "exp": NOW + 3600})


def shown(number: int = 0, seconds: float = 3600) -> str:
    """Return a token; each number is another."""
    return token({"aud": ["flagoperator"], "exp": NOW + seconds, "jti": number})


class Door:
    """The admission of one operator, with an API server that says what the test sets."""

    def __init__(self) -> None:
        self.now = NOW
        self.says: TokenReview | ApiError = TokenReview(FLAGD)
        self.asked = 0
        reviewer = Reviewer(self._ask, Counter(), lambda: self.now)
        self._admission = AccountAdmission(reviewer, "flagoperator", [("flags", "flagd")], lambda: self.now)

    async def _ask(self, _: str) -> TokenReview:
        self.asked += 1
        if isinstance(self.says, ApiError):
            raise self.says
        return self.says

    def go_away(self) -> None:
        self.says = ApiError(0, "", "connection refused")
        self.now += max(FRESH_SECONDS, AWAY_SECONDS)

    async def admit(self, text: str | None, name: str = "flagd-0", role: RoleName = "replica") -> None:
        metadata = {} if text is None else {"authorization": f"Bearer {text}"}
        await self._admission.admit(role, name, Call(metadata))


@pytest.mark.parametrize("role", ["replica", "operator"])
async def test_an_account_that_is_listed_is_admitted(role: RoleName):
    await Door().admit(shown(), role=role)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "a ServiceAccount token for the audience flagoperator is required"),
        ("", "a ServiceAccount token for the audience flagoperator is required"),
        ("opaque", "a ServiceAccount token for the audience flagoperator is required"),
        (token({"aud": "flagoperator", "pad": "x" * TOKEN_BYTES}), "a ServiceAccount token for"),
        (FOREIGN, "is not for the audience flagoperator"),
        (token({}), "is not for the audience flagoperator"),
        (EXPIRED, "has expired"),
    ],
)
async def test_what_can_be_no_good_token_is_refused_without_asking(text: str | None, says: str):
    door = Door()
    with pytest.raises(Unauthenticated, match=says):
        await door.admit(text)
    assert door.asked == 0


async def test_a_token_that_the_api_server_refuses_is_refused_in_our_words(caplog: pytest.LogCaptureFixture):
    door = Door()
    door.says = TokenReview("", error="[invalid bearer token, uid 7 does not match]")
    with pytest.raises(Unauthenticated) as refused:
        await door.admit(shown())
    assert refused.value.message == "the API server does not accept the ServiceAccount token"
    assert caplog.messages == [
        "subscriber 'flagd-0' is refused: the API server does not accept the ServiceAccount token"
        " ([invalid bearer token, uid 7 does not match])"
    ]


@pytest.mark.parametrize("user", [OTHER, "system:serviceaccount:flags:flagd:x", "flags:flagd", "ann", "system:admin"])
async def test_anybody_else_is_denied(user: str):
    door = Door()
    door.says = TokenReview(user)
    with pytest.raises(PermissionDenied, match=f"{user} is not among the operator's --subscribers"):
        await door.admit(shown())


async def test_a_pod_subscribes_under_its_own_name_only():
    door = Door()
    door.says = TokenReview(FLAGD, pod="flagd-0")
    await door.admit(shown())
    with pytest.raises(PermissionDenied, match="the token is for the pod flagd-0, not for 'flagd-1'"):
        await door.admit(shown(), name="flagd-1")
    await door.admit(shown(), name="flagd-1", role="operator")


async def test_a_replica_that_was_admitted_is_let_in_again_while_the_api_server_is_away():
    door = Door()
    await door.admit(shown())
    door.go_away()
    await door.admit(shown())
    with pytest.raises(Unavailable, match="cannot be reviewed now; try again"):
        await door.admit(shown(1))


@pytest.mark.parametrize(("lifetime", "kept"), [(3600, 3600), (10 * KNOWN_SECONDS, KNOWN_SECONDS)])
async def test_but_not_beyond_its_expiry_and_not_for_ever(lifetime: float, kept: float):
    door = Door()
    await door.admit(shown(seconds=lifetime))
    door.go_away()
    door.now = NOW + kept - 1
    await door.admit(shown(seconds=lifetime))
    door.now = NOW + kept
    with pytest.raises(Unavailable):
        await door.admit(shown(seconds=lifetime))


async def test_nor_once_it_has_been_refused():
    door = Door()
    await door.admit(shown())
    door.now += FRESH_SECONDS
    door.says = TokenReview("", error="deleted")
    with pytest.raises(Unauthenticated):
        await door.admit(shown())
    door.go_away()
    with pytest.raises(Unavailable):
        await door.admit(shown())


async def test_another_pod_is_not_let_in_by_what_is_known_of_one():
    door = Door()
    door.says = TokenReview(FLAGD, pod="flagd-0")
    await door.admit(shown())
    door.go_away()
    with pytest.raises(PermissionDenied):
        await door.admit(shown(), name="flagd-1")


async def test_an_account_that_is_not_listed_is_never_known():
    door = Door()
    door.says = TokenReview(OTHER)
    with pytest.raises(PermissionDenied):
        await door.admit(shown())
    door.go_away()
    with pytest.raises(Unavailable):
        await door.admit(shown())


async def test_as_many_are_known_as_fit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "KNOWN", 2)
    door = Door()
    for number in range(3):
        await door.admit(shown(number))
    door.go_away()
    with pytest.raises(Unavailable):
        await door.admit(shown(0))
    await door.admit(shown(1))
    await door.admit(shown(2))


async def test_callers_cannot_fill_the_log(caplog: pytest.LogCaptureFixture):
    door = Door()
    for number in range(100):
        with pytest.raises(Unauthenticated):
            await door.admit("no token", name=f"{number}\n")
    door.now += 10
    with pytest.raises(Unauthenticated):
        await door.admit(None)
    text = "a ServiceAccount token for the audience flagoperator is required: authorization: Bearer <token>"
    assert caplog.messages == [
        f"subscriber '0\\n' is refused: {text}",
        f"subscriber 'flagd-0' is refused: {text}; 99 more since the last such line",
    ]


async def test_nobody_sees_a_token_in_the_log(caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    door: Any = Door()
    for says in (TokenReview(OTHER), TokenReview("", error="no"), ApiError(500, "", "broken")):
        door.says, door.now = says, door.now + 100
        with pytest.raises((PermissionDenied, Unauthenticated, Unavailable)):
            await door.admit(shown())
    assert len(caplog.messages) == 4
    assert shown() not in caplog.text
