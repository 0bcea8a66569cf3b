"""An application as fork servers load it: a client made at import, and answers over WSGI, ASGI, tasks and functions."""

import json
import os
import time

from flagd.client import FlagClient, User

client = FlagClient(os.environ["FLAGD_URL"], project="shop")
client.wait_ready(60)
EVE = User("eve")


def answer():
    health = client.health()
    return {
        "pid": os.getpid(),
        "variant": client.variant("a", EVE).key,
        "connected": health.connected,
        "revision": health.revision,
        "forked": health.forked,
    }


def application(_environ, start_response):
    """Answer over WSGI."""
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(answer()).encode()]


async def asgi(scope, receive, send):
    """Answer over ASGI."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(answer()).encode()})


def wait_for(variant, seconds=60):
    """Ask until the variant is given; return the last answer."""
    until = time.monotonic() + seconds
    while (found := answer())["variant"] != variant and time.monotonic() < until:
        time.sleep(0.01)
    return found
