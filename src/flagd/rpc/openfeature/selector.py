"""Selector: which project a caller means, as OpenFeature's providers say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.rpc.limits import KEY_BYTES, check_text
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = "flagd-selector"
_NAME = "flagSetId"


def selected_project(metadata: Mapping[str, str]) -> str:
    """Return the project in the header ``flagd-selector: flagSetId=<project>``; "" where none is named.

    Raises:
        InvalidArgument: the header is of another form.
    """
    selector = metadata.get(HEADER, "").strip()
    if not selector:
        return ""
    name, equals, project = (part.strip() for part in selector.partition("="))
    if name != _NAME or not equals or "," in project:
        raise InvalidArgument(f"{HEADER}: {_NAME}=<project> is needed, once; flags are selected by nothing else")
    check_text(project, HEADER, KEY_BYTES)
    return project
