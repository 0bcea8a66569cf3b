"""Manifests: what the PATH arguments of a command name, read and compiled."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flagctl.failure import Refused, Unreachable
from flagctl.files.committed import edits_since
from flagctl.files.lists import lists_beside
from flagctl.progress import progress
from flagctl.suggestion import suggestion
from flagd.nearest import nearest
from flagd.ruleset.default_project import DefaultProject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagd.compiler import Compiled
    from flagd.id_list.id_list import Supply
    from flagd.manifest import Diagnostic, Flag, Loaded, Location, Resource, ResourceRef
    from flagd.manifest.reading.loaded import Origin
    from flagd.ruleset import EvaluationFlag

STDIN = "-"
NO_SUPPLIES: Mapping[ResourceRef, Supply] = {}

paths_argument = click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(allow_dash=True))
"""The argument of commands that read manifests."""


@dataclass(frozen=True, slots=True)
class Manifests:
    """What was read.

    Attributes:
        resources: those that could be read.
        projects: the compiled form by project.
        diagnostics: what is wrong with single resources and between them, each with its place.
        origins: where each resource stands.
        supplies: the lists of cohorts that lie beside them.
    """

    resources: Sequence[Resource]
    projects: Mapping[str, Compiled]
    diagnostics: Sequence[Diagnostic]
    origins: Mapping[ResourceRef, Origin] = field(default_factory=dict, repr=False)
    supplies: Mapping[ResourceRef, Supply] = field(default_factory=dict, repr=False)

    def flags(self, project: str | None = None) -> list[Flag]:
        """Return all flags, or those of `project`."""
        from flagd.manifest import Flag

        if project is not None:
            self.project(project)
        flags = [found for found in self.resources if isinstance(found, Flag)]
        return [flag for flag in flags if project in {None, flag.metadata.namespace}]

    def location(self, ref: ResourceRef, path: str = "") -> Location | None:
        """Return where `path` of the resource `ref` stands; None where it was not read from a file."""
        from flagd.manifest.path import parse_path

        origin = self.origins.get(ref)
        return None if origin is None else origin.location(parse_path(path))

    def project(self, name: str | None) -> Compiled:
        """Return the project called `name`; None stands for `default` where there is one, else for the only one."""
        if not self.projects:
            raise Refused("there are no flags in these manifests; flagctl lint says more")
        name = name or DefaultProject().among(self.projects)
        if name is None:
            raise click.UsageError(f"name the project: --project {' | '.join(sorted(self.projects))}")
        if name not in self.projects:
            raise Refused(f'no project "{name}" in these manifests; {suggestion(name, self.projects)}')
        return self.projects[name]

    def compiled(self, flag: Flag) -> EvaluationFlag | None:
        """Return what `flag` compiles to; None where it is broken."""
        project = self.projects.get(flag.metadata.namespace)
        return project.ruleset.flags.get(flag.key) if project else None

    def errors(self, project: str) -> list[Diagnostic]:
        """Return the errors that may keep something out of `project`, those of unreadable files included."""
        return [
            found
            for found in self.diagnostics
            if found.severity == "error" and (found.resource is None or found.resource.namespace == project)
        ]

    def errors_of(self, key: str, project: str) -> list[Diagnostic]:
        """Return the errors of the flag that callers would name by `key`."""
        known = {str(found.ref): getattr(found, "key", "") for found in self.resources}
        return [
            found
            for found in self.errors(project)
            if found.resource and key in {found.resource.name, known.get(str(found.resource))}
        ]


def read(paths: Sequence[str], since: str | None = None, *, keys_required: bool = False) -> Manifests:
    """Read and compile what `paths` name; ``-`` is standard input.

    Where `keys_required`, flags that list no deployment are warned of: nobody sees them.

    With `since`, a revision of Git, edits since then that move users are warned of.

    Raises:
        Unreachable: a path does not exist.
        Refused: there is nothing at all in them.
    """
    from flagd.compiler import similar_namespaces
    from flagd.compiler.advice.unreachable import unreachable
    from flagd.compiler.advice.unseen import without_deployments
    from flagd.manifest import Loaded, load

    for path in paths:
        check_there(path)
    with progress("reading manifests"):
        loaded = load(paths)
        if loaded == Loaded():
            raise Refused(f"no manifests in {', '.join(paths)}")
        compiled = compiled_from(loaded, lists_beside(paths, loaded.resources))
    more = similar_namespaces([resource.ref for resource in loaded.resources])
    for name, project in compiled.projects.items():
        more += unreachable((each for each in loaded.resources if each.ref.namespace == name), project.ruleset.flags)
    if keys_required:
        more += without_deployments(loaded.resources)
    if since is not None:
        more += edits_since(since, paths, loaded.resources)
    return replace(compiled, diagnostics=[*compiled.diagnostics, *map(loaded.locate, more)])


def compiled_from(loaded: Loaded, supplies: Mapping[ResourceRef, Supply] = NO_SUPPLIES) -> Manifests:
    """Return what `loaded` compiles to, with the lists in `supplies`."""
    from flagd.compiler import compile_projects
    from flagd.compiler.graph.references import stand_ins

    projects = compile_projects([*loaded.resources, *stand_ins(loaded.refused, loaded.resources)], supplies=supplies)
    found = [each for project in projects.values() for each in project.diagnostics]
    diagnostics = [*loaded.diagnostics, *map(loaded.locate, found)]
    return Manifests(loaded.resources, projects, diagnostics, loaded.origins, supplies)


def check_there(path: str) -> None:
    """Raise Unreachable where `path` names nothing that can be read."""
    if path == STDIN:
        if sys.stdin is None:
            raise Unreachable("standard input is closed")
        return
    try:
        Path(path).stat()
    except FileNotFoundError:
        near = _neighbour(Path(path))
        raise Unreachable(f'there is no "{path}"{f"; did you mean {near}?" if near else ""}') from None
    except OSError as error:
        raise Unreachable(f'"{path}" cannot be read: {(error.strerror or str(error)).lower()}') from None


def _neighbour(path: Path) -> Path | None:
    try:
        near = nearest(path.name, [entry.name for entry in path.parent.iterdir()])
    except OSError:
        return None
    return path.parent / near if near else None
