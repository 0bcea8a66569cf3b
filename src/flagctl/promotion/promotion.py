"""Promotion: the files of one environment with what flags are in another, or why that cannot be done cleanly."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from flagctl.failure import Refused
from flagctl.promotion.carrying import carried, same
from flagctl.promotion.manifest import Manifest, check_keys, documents, inline_patches, manifests_in
from flagctl.promotion.splice import Written, applied, edits, is_json
from flagctl.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from flagctl.promotion.gate import Gate


@dataclass(frozen=True, slots=True)
class Promotion:
    """What becomes of the files of the target.

    Attributes:
        before: the text of each file that changes, by its path.
        after: the text that it gets.
        flags: the names of the flags that change.
        refused: why a flag cannot be promoted, a sentence each.
    """

    before: dict[str, str]
    after: dict[str, str]
    flags: tuple[str, ...]
    refused: tuple[str, ...]

    def diff(self) -> str:
        """Return the change in the unified form that ``patch`` takes."""
        return "".join(
            line
            for file in sorted(self.after)
            for line in difflib.unified_diff(
                self.before[file].splitlines(keepends=True), self.after[file].splitlines(keepends=True), file, file
            )
        )


def promotion(
    source: str, target: str, names: Collection[str], only: Collection[str], gate: Gate | None = None
) -> Promotion:
    """Return how to bring the flags of the folder `source` into the files of the folder `target`.

    Args:
        source: folder of the environment to promote from.
        target: folder of the environment to promote to.
        names: the flags; empty = all that the source has.
        only: the fields to carry, as `carried` takes them; empty = all.
        gate: what is asked of each flag that changes; None = nothing.

    Raises:
        Refused: the source lacks a flag, or a file cannot be read.
    """
    there, here = manifests_in(source), manifests_in(target)
    for name in names:
        if name not in there:
            raise Refused(f'{source} has no Flag "{name}"; {suggestion(name, there)}')
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    flags, refused = [], []
    for name, manifest in _chosen(there, names):
        try:
            mine = _mine(manifest, target, here, alone=len(there[manifest.name]) == 1)
            current = _current(mine, after)
            text = _promoted(manifest, current, only)
            if gate is not None and text != current.text:
                gate.check(manifest, frozenset(only))
        except Refused as failure:
            refused.append(f"{name}: {failure.message}")
            continue
        if text != current.text:
            before.setdefault(mine.file, mine.text)
            after[mine.file] = text
            flags.append(name)
    return Promotion(before, after, tuple(flags), tuple(refused))


def _chosen(there: dict[str, list[Manifest]], names: Collection[str]) -> list[tuple[str, Manifest]]:
    """Return the flags to promote with what people call them: namesakes with their namespace."""
    chosen = [name for name in sorted(there) if not names or name in names]
    return [
        (name if len(there[name]) == 1 else f"{each.namespace or 'none'}/{name}", each)
        for name in chosen
        for each in there[name]
    ]


def _mine(manifest: Manifest, target: str, here: dict[str, list[Manifest]], *, alone: bool) -> Manifest:
    """Return where the target has the flag of `manifest`, which is `alone` if the source has no other of its name.

    Overlays often set the namespace, so that it counts only where names do not tell.
    """
    for place, patched in inline_patches(target):
        if _is_named(patched, manifest.name):
            raise Refused(f"it is patched inline by {place}; edit it there, or give the patch a file of its own")
    namesakes = here.get(manifest.name, [])
    if not namesakes:
        raise Refused(f"no file in {target} has it; it comes from elsewhere, such as a base: add a patch for it there")
    if alone and len(namesakes) == 1:
        return namesakes[0]
    for each in namesakes:
        if each.namespace == manifest.namespace:
            return each
    there = ", ".join(f"{each.namespace or 'none'} ({each.place})" for each in namesakes)
    raise Refused(
        f"{manifest.place} is in namespace {manifest.namespace or 'none'}, and {target} has it in {there}: "
        "several flags have this name, so the namespaces have to be the same"
    )


def _is_named(pattern: str, name: str) -> bool:
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:  # kustomize rejects it
        return pattern == name


def _current(manifest: Manifest, after: dict[str, str]) -> Manifest:
    """Return `manifest` as the promotions before have left its file."""
    text = after.get(manifest.file)
    if text is None:
        return manifest
    node, data = documents(text, manifest.file)[manifest.document]
    return Manifest(manifest.file, text, manifest.document, node, data)  # type: ignore[arg-type]


def _promoted(source: Manifest, target: Manifest, only: Iterable[str]) -> str:
    """Return the file of `target` with the flag promoted. Raises Refused where that changes something else too."""
    there, here = _spec(source), _spec(target)
    wanted = carried(there.value, here.value, frozenset(only))
    spelled = None if is_json(target.text) else there
    text = applied(target.text, list(edits(here, wanted, spelled)))
    expected = [data for _, data in documents(target.text, target.file)]
    expected[target.document] = {**target.data, "spec": wanted}
    if not _means(text, expected, target.file):
        raise Refused(f"{target.place} cannot be edited without changing more; edit it by hand")
    return text


def _spec(manifest: Manifest) -> Written:
    node = next((value for key, value in manifest.node.value if key.value == "spec"), None)
    if not isinstance(node, yaml.MappingNode):
        raise Refused(f"{manifest.place} has no spec")
    check_keys(node, manifest.file)
    return Written(node, manifest.text, manifest.data["spec"])


def _means(text: str, expected: list[Any], file: str) -> bool:
    try:
        found = [data for _, data in documents(text, file)]
    except Refused:
        return False
    return same("", found, expected)
