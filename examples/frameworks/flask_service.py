"""Flask under gunicorn: the client is made before the fork. gunicorn --preload -w 2 flask_service:app"""

import os

from flask import Flask, g, request

from flagd.client import FlagClient, User

client = FlagClient(os.environ.get("FLAGD_URL", "http://localhost:8013"))
client.wait_ready(10)  # here, so that every worker begins with flags
app = Flask(__name__)


@app.before_request
def know_the_user() -> None:
    g.user = User(request.headers["x-user"], properties={"plan": request.headers.get("x-plan", "free")})


@app.get("/checkout")
def checkout() -> dict[str, str]:
    return {"checkout": client.variant("new-checkout", g.user).key}
