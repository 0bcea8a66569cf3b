"""Routes: the endpoints of OFREP."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from flagd.api.ofrep.evaluation import Evaluation
from flagd.api.ofrep.events import PATH, Events
from flagd.api.ofrep.question import caller
from flagd.rpc.route import Route
from flagd.rpc.status import NoSuchPath

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.api.access import Access
    from flagd.rpc.route import Request
    from flagd.store import Store


def ofrep_routes(access: Access, store: Store) -> list[Route]:
    """Return the endpoints: all flags of a context, one flag, the stream that says when to ask again, and the rest.

    The rest is every other path of OFREP's, whose errors are OFREP's too.
    """
    evaluation = Evaluation(access)

    def admit(headers: Mapping[str, str]) -> None:
        access.admit(caller(headers))

    return [
        Route("POST", "/ofrep/v1/evaluate/flags", evaluation.evaluate_all, admit=admit),
        Route("POST", "/ofrep/v1/evaluate/flags/", evaluation.evaluate, admit=admit),
        Route("GET", PATH, Events(access, store).answer),
        *(Route("", path, _nothing) for path in ("/ofrep", "/ofrep/")),
    ]


async def _nothing(_: Request) -> NoReturn:
    raise NoSuchPath("no such path; OFREP's flags are at /ofrep/v1/evaluate/flags")
