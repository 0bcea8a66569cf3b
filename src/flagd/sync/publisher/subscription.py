"""Subscription: what a subscriber asked for in its hello, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flagd.rpc.limits import KEY_BYTES, check_count, check_text
from flagd.rpc.status import InvalidArgument
from flagd.sync.limits import HELD
from flagd.v1.ruleset_pb2 import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flagd.sync.publisher.subscribers import RoleName
    from flagd.v1.ruleset_pb2 import Hello, SubscribeRequest

PROJECTS = 1000
"""Most projects that are asked for by name."""
REVISION_BYTES = 64
REASON_BYTES = 1024
"""Longest reason of a Nack, in UTF-8 bytes."""
_ROLES: Mapping[int, RoleName] = {
    Role.ROLE_REPLICA: "replica",
    Role.ROLE_CLIENT: "client",
    Role.ROLE_OPERATOR: "operator",
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """The hello of one stream.

    Attributes:
        role: what the subscriber says it is.
        name: name of the pod or process.
        projects: those it wants; empty = all.
        held: revision and number of flags that it serves, by project.
    """

    role: RoleName
    name: str
    projects: frozenset[str]
    held: Mapping[str, tuple[str, int]]

    def wants(self, project: str) -> bool:
        """Whether it asked for `project`."""
        return not self.projects or project in self.projects


def read_subscription(request: SubscribeRequest) -> Subscription:
    """Return what the first message of a stream asks for. Raises InvalidArgument when it breaks a rule."""
    if request.WhichOneof("message") != "hello":
        raise InvalidArgument("the first message of a stream must be a hello")
    hello: Hello = request.hello
    role = _ROLES.get(hello.role)
    if role is None:
        raise InvalidArgument("hello.role: must be REPLICA, CLIENT or OPERATOR")
    check_text(hello.name, "hello.name", KEY_BYTES)
    check_count(len(hello.projects), PROJECTS, "hello.projects")
    check_count(len(hello.held), HELD, "hello.held")
    for project in hello.projects:
        check_text(project, "hello.projects", KEY_BYTES)
    for held in hello.held:
        check_served(held.project, held.revision)
    held_by_project = {one.project: (one.revision, one.flags) for one in hello.held}
    return Subscription(role, hello.name, frozenset(hello.projects), held_by_project)


def check_served(project: str, revision: str) -> None:
    """Raise InvalidArgument when a project or its revision is longer than any is."""
    check_text(project, "project", KEY_BYTES)
    check_text(revision, "revision", REVISION_BYTES)
