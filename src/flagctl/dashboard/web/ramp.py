"""Ramp: what is asked of a ramp: a page that says what it does, and then the asking, as the person who confirmed it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from flagctl.dashboard.pages.flag.verb import effect, offer, possible
from flagctl.dashboard.pages.row import row_of
from flagctl.dashboard.web.answer import answer, wants_json
from flagctl.dashboard.web.flag import checked_form, item_of, today
from flagctl.dashboard.web.problem import not_found
from flagoperator.rollout import Verb

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from flagctl.dashboard.inventory.item import Item
    from flagctl.dashboard.live.person import Person
    from flagctl.dashboard.web.visitor import Visitor


async def confirm(request: Request, visitor: Visitor) -> Response:
    """Say what the verb does, and ask whether it is meant."""
    item, verb, person = _asked(request, visitor)
    offered = offer(item, verb, await person.missing(item, verb))
    data = {"row": row_of(item, today()), "verb": offered, "effect": effect(item, verb)}
    return answer(request, "confirm.html", data, visitor=visitor)


async def act(request: Request, visitor: Visitor) -> Response:
    """Ask it. The API server decides; what it says is shown."""
    item, verb, person = _asked(request, visitor)
    await checked_form(request, visitor)
    if not await person.ask(item, verb):
        raise HTTPException(HTTPStatus.CONFLICT, f"{item.key} has no run to {verb} any more. Look at it again.")
    if wants_json(request):
        return answer(request, "confirm.html", {"asked": str(verb), "flag": str(item.ref)})
    return RedirectResponse(f"/flags/{item.ref.namespace}/{item.ref.name}#ramp", HTTPStatus.SEE_OTHER)


def _asked(request: Request, visitor: Visitor) -> tuple[Item, Verb, Person]:
    item, name = item_of(request, visitor), request.path_params["verb"]
    if visitor.person is None or name not in set(Verb):
        raise not_found(f"verb {name}")
    verb = Verb(name)
    if verb not in possible(item):
        raise HTTPException(HTTPStatus.CONFLICT, f"{item.key} has nothing to {verb} as it stands.")
    return item, verb, visitor.person
