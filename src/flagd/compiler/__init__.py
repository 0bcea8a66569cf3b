"""Compiler: manifests in, a ruleset out. Pure, deterministic, total over what `flagd.manifest.validate` returns."""

from flagd.compiler.advice.namespace import similar_namespaces
from flagd.compiler.compiled import Compiled, compile_project, compile_projects, update_projects
from flagd.compiler.edits.edit import moves, refusals, retypes
from flagd.compiler.last_good.unreadable import Unreadable
from flagd.ruleset.forms.client_ruleset import deliver_local

__all__ = [
    "Compiled",
    "Unreadable",
    "compile_project",
    "compile_projects",
    "deliver_local",
    "moves",
    "refusals",
    "retypes",
    "similar_namespaces",
    "update_projects",
]
