"""ASGI app: flagd as the program that runs in Envoy's process. `app` is what Envoy's configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flagd.process import log
from flagd.server.application import Application
from flagd.server.options_json import take
from flagd.transport.envoy.admin import Admin
from flagd.transport.envoy.asgi_lifespan import AsgiLifespan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.transport.envoy.asgi_lifespan import Place


def compose(handed: Mapping[str, Any], place: Place) -> Application:
    """Return the application that the parent's options describe; it logs as the parent does."""
    options = take(handed)
    log.configure(options.log_level, options.log_format, place.log)
    return Application(options, Admin(place.admin).accepting)


app = AsgiLifespan(compose)
