"""Preview: asks a process of its own what a pasted manifest would change."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from flagctl.dashboard.inventory.item import supplies_of
from flagd.compiler.graph.references import node_of, references
from flagd.manifest import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flagctl.dashboard.inventory.inventory import View
    from flagctl.dashboard.inventory.item import Item

LARGEST = 1024 * 1024
"""Bytes of a manifest that may be pasted."""
LONGEST_SECONDS = 10.0
MOST_AT_ONCE = 2
_NO_LIMIT = "flagctl impact has no such limit"
_PROGRAM = (sys.executable, "-m", "flagctl.dashboard.preview.process")


class PreviewError(Exception):
    """There is no preview. The message says why, and what would be right."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a manifest would change.

    Attributes:
        manifest: what was pasted.
        error: why there is no answer; empty where there is one.
        differences: each resource that differs, with its changes and what they do, as `flagctl diff` has them in JSON.
        impact: each flag that answers otherwise, and who moves, as `flagctl impact` has them in JSON.
        markdown: both for a comment on a pull request.
        findings: what is wrong with the manifest, or with others because of it, as `flagctl lint` says it.
    """

    manifest: str
    error: str = ""
    differences: tuple[Mapping[str, Any], ...] = ()
    impact: tuple[Mapping[str, Any], ...] = ()
    markdown: str = ""
    findings: tuple[str, ...] = ()


class Previews:
    """Works out previews, a few at a time. Lives in one event loop."""

    def __init__(self, paths: Sequence[str] = ()) -> None:
        """`paths` are files and folders beside which lists of ids lie; empty = none are read."""
        self._paths = paths
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    async def preview(self, text: str, namespace: str, view: View) -> Preview:
        """Return what `text` would change of what `view` shows; resources that name no namespace are of `namespace`."""
        if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
            return Preview(text[:1000], f"a manifest of at most {LARGEST:,} bytes can be previewed")
        if not text.strip():
            return Preview(text, "paste a manifest: the YAML of one flag, or of several resources")
        if self._room.locked():
            return Preview(text, "others are waiting for a preview; try again in a few seconds")
        async with self._room:
            try:
                return await self._asked(text, namespace, view)
            except PreviewError as error:
                return Preview(text, str(error))

    async def _asked(self, text: str, namespace: str, view: View) -> Preview:
        items = await asyncio.to_thread(_concerned, text, namespace, view)
        faults = {str(ref): None if held.held else held.fault for ref, held in supplies_of(items).items()}
        known = {"items": [each.raw for each in items], "faults": faults, "paths": list(self._paths)}
        question = orjson.dumps({"text": text, "namespace": namespace, **known})
        process = await asyncio.create_subprocess_exec(
            *_PROGRAM, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                out, _ = await process.communicate(question)
        except TimeoutError:
            raise PreviewError(f"it takes longer than {LONGEST_SECONDS:g} s; {_NO_LIMIT}") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            raise PreviewError(f"it takes more memory or time than a preview may have; {_NO_LIMIT}")
        return Preview(text, **{name: _tuple(value) for name, value in orjson.loads(out).items()})


def _concerned(text: str, namespace: str, view: View) -> list[Item]:
    """Return what is known of the resources in `text`, with all that refer to them and all that these need."""
    loaded = read_text(text)
    known = []
    for resource in loaded.resources:
        for place in dict.fromkeys((resource.metadata.namespace, namespace)):
            known.append(view.find(place, node_of(resource)))
            known += [view.find(place, node) for node in references(resource)]
    return view.neighbourhood(each for each in known if each is not None)


def _tuple(value: Any) -> Any:  # noqa: ANN401
    return tuple(value) if isinstance(value, list) else value
