"""Access: which view of which project a call gets, by the deployment key it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flagd.api.answer import UNKNOWN_FLAG, Answers
from flagd.api.discretion import Discretion
from flagd.api.keyring import Keyring, key_hash
from flagd.api.refusals import Refusal, Refusals
from flagd.api.view import View
from flagd.engine import Engine
from flagd.rpc.limits import KEY_BYTES, check_text
from flagd.rpc.status import InvalidArgument, NotFound, PermissionDenied, Unauthenticated, Unavailable
from flagd.ruleset.hashed_ruleset import HashedRuleset
from flagd.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from flagd.api.keyring import Grant
    from flagd.metrics import Metrics
    from flagd.rpc.method import Call
    from flagd.sampling import Samples
    from flagd.store import Store
    from flagd.tracking import Tracking

KeyPolicy = Literal["optional", "required"]
DECLARED = ": it is declared but cannot be used; the log and /readyz say why"
_NOT_SERVER = "this call needs a Server deployment key"
_FOREIGN = "this deployment key belongs to another project"
_UNNAMED = "project: required; name it in the call, or start flagd with --default-project"
_SEVERAL = "project: required, since this deployment key belongs to several"


class Access:
    """Finds the view for a call. Views are made once per revision and kind of caller."""

    def __init__(
        self,
        store: Store,
        metrics: Metrics,
        policy: KeyPolicy = "optional",
        tracking: Tracking | None = None,
        samples: Samples | None = None,
    ) -> None:
        """Let callers in by `policy`; `tracking` is told who got what, `samples` have users whom runs compare."""
        self._samples = samples
        self._tracking = tracking
        self._store = store
        self._metrics = metrics
        self._policy = policy
        self._as_of = 0.0
        self._snapshots: Mapping[str, Snapshot] = {}
        self._answers: dict[str, Answers] = {}
        self._keyring = Keyring()
        self._refusals = Refusals()
        self._discretion = Discretion()
        self._views: dict[tuple[str, frozenset[str] | None], View] = {}
        # The same of callers without a key, by what they call the project.
        self._open_views: dict[str, View] = {}

    def view(self, project: str, call: Call, *, server: bool = False) -> View:
        """Return what the caller sees of `project`; an empty name means that of the key, or else the default project.

        With `server`, a key must be a Server key. Raises Unavailable while nothing is served, and
        Unauthenticated, PermissionDenied, NotFound or InvalidArgument as the key and the name deserve.
        """
        grants = self._grants(project, call)
        if grants is None:
            return self._open(project)
        name = self._meant_by({grant.project for grant in grants})
        mine = [grant for grant in grants if grant.project == name]
        if server and not any(grant.server for grant in mine):
            raise PermissionDenied(_NOT_SERVER)
        return self._granted(name, mine)

    def admit(self, call: Call, *, server: bool = False) -> None:
        """Raise what `view` would raise whatever the project: what is known of a caller before its message is read."""
        grants = self._grants("", call)
        if server and grants is not None and not any(grant.server for grant in grants):
            raise PermissionDenied(_NOT_SERVER)

    def views(self, project: str, call: Call) -> list[View]:
        """Return what the caller sees of `project`; an empty name means all that the caller may see, which may be none.

        Raises what `view` raises, but needs no name.
        """
        grants = self._grants(project, call)
        if grants is not None:
            return [self._granted(name, grants) for name in sorted({grant.project for grant in grants})]
        if project:
            return [self._open(project)]
        return [self._view(snapshot, None) for snapshot in self._snapshots.values()]

    def revision(self, project: str, digest: str) -> str:
        """Return the revision of `project` for who knows a key by its hash only, "" being no key.

        That is enough to learn that something changed, never what. Raises what `view` raises.
        """
        self._refresh()
        if not digest and self._policy == "optional":
            return self._open(project).snapshot.revision
        if project not in {grant.project for grant in self._opened(digest, project)}:
            raise PermissionDenied(_FOREIGN)
        return self._snapshots[project].revision

    def why_unknown(self, view: View, flag_key: str) -> str:
        """Return what to say of a flag that `view` does not see. A key must not learn what other keys get."""
        declared = (view.snapshot.ruleset.project, flag_key) in self._store.refused
        return f"{UNKNOWN_FLAG}{DECLARED}" if declared and view.deployments is None else view.why_unknown(flag_key)

    def _refresh(self) -> None:
        if self._store.snapshots is not self._snapshots:
            self._renew()
        if obstacle := self._store.obstacle:
            raise Unavailable(obstacle)

    def _grants(self, project: str, call: Call) -> Sequence[Grant] | None:
        """Return what the caller's key opens of `project`, at least one thing; None = the caller needs no key."""
        self._refresh()
        authorization = call.metadata.get("authorization")
        if authorization is None and self._policy == "optional":
            return None
        return self._opened(key_hash(authorization or ""), project)

    def _opened(self, digest: str, project: str) -> Sequence[Grant]:
        """Return what the key with this hash opens of `project`, at least one thing; an empty name means of all."""
        named = project if project in self._snapshots else ""
        try:
            grants = self._keyring.grants_of(digest)
        except Unauthenticated:
            self._refusals.note(Refusal.WRONG_KEY if digest else Refusal.NO_KEY, named)
            raise
        mine = [grant for grant in grants if not project or grant.project == project]
        if not mine:
            self._refusals.note(Refusal.FOREIGN_KEY, named)
            raise PermissionDenied(_FOREIGN)
        return mine

    def _meant_by(self, projects: Set[str]) -> str:
        """Return which of the `projects` of a key is meant where none is named."""
        if len(projects) == 1:
            return next(iter(projects))
        name = self._store.unnamed.among(projects)
        if name is None or name not in projects:
            raise InvalidArgument(_SEVERAL)
        return name

    def _open(self, project: str) -> View:
        view = self._open_views.get(project)
        if view is not None:
            return view
        name = project or self._store.default_project
        if name is None:
            raise InvalidArgument(_UNNAMED)
        snapshot = self._snapshots.get(name)
        if snapshot is not None:
            view = self._open_views[project] = self._view(snapshot, None)
            return view
        if self._store.knows(name):
            return self._bare(name)
        check_text(name, "project", KEY_BYTES)
        raise NotFound("unknown project")

    def _bare(self, project: str) -> View:
        """Return the view of a project that is known and has nothing in it."""
        stale = any(snapshot.stale for snapshot in self._snapshots.values())
        snapshot = Snapshot(HashedRuleset.empty(project).ruleset, Engine(()), self._as_of, stale)
        return View(snapshot, None, Answers(project, self._metrics), self._discretion)

    def _granted(self, project: str, grants: Sequence[Grant]) -> View:
        deployments = frozenset(grant.deployment for grant in grants if grant.project == project)
        return self._view(self._snapshots[project], deployments)

    def _view(self, snapshot: Snapshot, deployments: frozenset[str] | None) -> View:
        project = snapshot.ruleset.project
        view = self._views.get((project, deployments))
        if view is None:
            answers = self._answers[project]
            view = self._views[project, deployments] = View(
                snapshot, deployments, answers, self._discretion, self._tracking
            )
        return view

    def _renew(self) -> None:
        before, self._snapshots = self._snapshots, self._store.snapshots
        self._open_views = {}
        self._answers = {name: self._renewed(name, before.get(name)) for name in self._snapshots}
        self._views = {
            (project, deployments): view.at(self._snapshots[project])
            for (project, deployments), view in self._views.items()
            if project in self._snapshots and view.snapshot.engine is self._snapshots[project].engine
        }
        self._keyring = Keyring(snapshot.ruleset for snapshot in self._snapshots.values())
        self._as_of = max((snapshot.as_of for snapshot in self._snapshots.values()), default=self._as_of)

    def _renewed(self, project: str, before: Snapshot | None) -> Answers:
        answers = self._answers.get(project)
        if answers and before and before.engine is self._snapshots[project].engine:
            return answers
        return Answers(project, self._metrics, answers, self._samples)
