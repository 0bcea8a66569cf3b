"""FastAPI: one client for the process, the user of a request as a dependency. uvicorn fastapi_service:app"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, Header

from flagd.client import FlagClient, User

client = FlagClient(os.environ.get("FLAGD_URL", "http://localhost:8013"))


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with client:
        await client.ready(10)  # without a server, callers get their defaults
        yield


app = FastAPI(lifespan=lifespan)


def current_user(x_user: Annotated[str, Header()], x_plan: Annotated[str, Header()] = "free") -> User:
    return User(x_user, properties={"plan": x_plan})


@app.get("/checkout")
async def checkout(user: Annotated[User, Depends(current_user)]) -> dict[str, str]:
    return {"checkout": client.variant("new-checkout", user).key}  # awaits nothing: it is decided here


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    health = client.health()
    return {"flags": health.ready, "stale": health.stale}
