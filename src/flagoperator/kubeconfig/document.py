"""Document: what the kubeconfig files say together, and which cluster, user and namespace that comes to.

As kubectl does it: `--kubeconfig` alone, else the files of KUBECONFIG, else ~/.kube/config; of several files the
first that names something decides about it.
https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#merging-kubeconfig-files
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from flagoperator.kubeconfig.fault import ConnectionSettingsError
from flagoperator.kubeconfig.section import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

KINDS = {"clusters": "cluster", "users": "user", "contexts": "context"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What one context comes to.

    Attributes:
        cluster: where the API server is.
        user: who we are to it.
        namespace: of what names none; empty = the context names none.
    """

    cluster: Section
    user: Section
    namespace: str

    def in_namespace(self, namespace: str) -> Selection:
        """Return it with another namespace."""
        return replace(self, namespace=namespace)


def kubeconfig_files(given: Path | None, environment: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the kubeconfigs that count: those that exist, unless one is `given`."""
    if given is not None:
        return (given,)
    named = [Path(each) for each in environment.get("KUBECONFIG", "").split(os.pathsep) if each]
    if not named:
        home = environment.get("HOME")
        named = [Path(home, ".kube", "config")] if home else []
    return tuple(each for each in dict.fromkeys(named) if each.exists())


def select(files: Sequence[Path], context: str | None) -> Selection | None:
    """Return what `context` (None = the current one) of `files` comes to; None where they choose no cluster.

    Raises ConnectionSettingsError.
    """
    documents = [(file, _load(file)) for file in files]
    named = [str(document["current-context"]) for _, document in documents if document.get("current-context")]
    chosen = context or next(iter(named), None)
    if chosen is None:
        return None
    if not files:
        raise ConnectionSettingsError(f"no context {chosen!r}: neither KUBECONFIG nor ~/.kube/config is a file")
    found = _find(documents, "contexts", chosen)
    if found is None:
        where = ", ".join(map(str, files))
        raise ConnectionSettingsError(f"kubeconfig {where}: there is no context {chosen!r}{_known(documents)}")
    cluster, user = found.text("cluster"), found.text("user")
    return Selection(
        _named(documents, "clusters", cluster, found),
        _named(documents, "users", user, found) if user else Section('user ""'),
        found.text("namespace"),
    )


def contexts_of(files: Sequence[Path]) -> frozenset[str]:
    """Return the names of all contexts in `files`. Raises ConnectionSettingsError."""
    return _contexts((file, _load(file)) for file in files)


def _contexts(documents: Iterable[tuple[Path, Mapping[str, Any]]]) -> frozenset[str]:
    return frozenset(str(each.get("name")) for _, document in documents for each in _entries(document, "contexts"))


def _known(documents: Iterable[tuple[Path, Mapping[str, Any]]]) -> str:
    names = _contexts(documents)
    return f"; there are {', '.join(sorted(names))}" if names else " and no other"


def _named(documents: Sequence[tuple[Path, Mapping[str, Any]]], kind: str, name: str, context: Section) -> Section:
    found = _find(documents, kind, name)
    if found is None:
        raise ConnectionSettingsError(f"{context.title}: there is no {KINDS[kind]} {name!r}")
    return found


def _find(documents: Iterable[tuple[Path, Mapping[str, Any]]], kind: str, name: str) -> Section | None:
    for file, document in documents:
        for entry in _entries(document, kind):
            if entry.get("name") == name:
                fields = entry.get(KINDS[kind]) or {}
                if not isinstance(fields, dict):
                    raise ConnectionSettingsError(f"kubeconfig {file}: {KINDS[kind]} {name!r} is not a mapping")
                return Section(f"kubeconfig {file}: {KINDS[kind]} {name!r}", fields, file.parent.absolute())
    return None


def _entries(document: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    entries = document.get(kind)
    return [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []


def _load(file: Path) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(file.read_bytes())
    except OSError as error:
        raise ConnectionSettingsError(f"kubeconfig {file}: {error.strerror}") from None
    except RecursionError:
        raise ConnectionSettingsError(f"kubeconfig {file}: it is nested too deep") from None
    except yaml.YAMLError as error:
        raise ConnectionSettingsError(f"kubeconfig {file}: {' '.join(str(error).split())}") from None
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ConnectionSettingsError(f"kubeconfig {file}: it does not have the form of a kubeconfig")
    for kind in KINDS:
        if not isinstance(document.get(kind) or [], list):
            raise ConnectionSettingsError(f"kubeconfig {file}: {kind} is not a list")
    return document
