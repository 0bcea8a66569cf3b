"""A service with the Python client: it decides for its users, tells what they did, and lets itself be scraped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, start_http_server

from flagd.client import FlagClient, User
from flagd.client.prometheus import ClientCollector
from flagd.engine.variant import ROLLOUT_ARM
from flagd.tracking import Counters
from tests.ports import free_address

if TYPE_CHECKING:
    from collections.abc import Callable

USERS = 10_000


class TrackingService:
    """Use it as a context manager."""

    def __init__(self, flagd: str, project: str, flag: str = "checkout") -> None:
        """`flagd` is the address of a replica that serves Connect."""
        self._flag = flag
        counters = Counters(flags=[flag], events=["checkout", "checkout-failed"])
        self._client = FlagClient(f"http://{flagd}", project=project, counters=counters)
        registry = CollectorRegistry()
        registry.register(ClientCollector(self._client))
        self.address = free_address()
        host, _, port = self.address.rpartition(":")
        self._server, self._thread = start_http_server(int(port), host, registry)

    def __enter__(self) -> TrackingService:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def arms(self) -> set[str]:
        """Arms that some of the users are in."""
        return {self._arm(User(f"user-{number}")) for number in range(200)}

    def serve(self, fails: Callable[[int, str], bool]) -> dict[str, int]:
        """Serve every user once; return how many were in each arm. `fails` says who fails, by number and arm."""
        arms = {"treated": 0, "control": 0, "": 0}
        for number in range(USERS):
            user = User(f"user-{number}")
            arm = self._arm(user)
            arms[arm] += 1
            self._client.track("checkout", user)
            if fails(number, arm):
                self._client.track("checkout-failed", user)
        return arms

    def _arm(self, user: User) -> str:
        return str(self._client.variant(self._flag, user).metadata.get(ROLLOUT_ARM, ""))
