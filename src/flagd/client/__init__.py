"""Client: flags for Python programs, evaluated in their own process or by a server."""

from flagd.client.client import FlagClient
from flagd.client.health import Health
from flagd.client.user import User
from flagd.client.variant import ErrorCode, Variant
from flagd.engine.variant import Reason

__all__ = ["ErrorCode", "FlagClient", "Health", "Reason", "User", "Variant"]
