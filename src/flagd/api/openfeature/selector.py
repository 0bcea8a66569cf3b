"""Selector: which project a caller means, as OpenFeature's providers say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.rpc.limits import KEY_BYTES, check_text
from flagd.rpc.status import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = "flagd-selector"
_NAME = "flagSetId"
_WRONG = f"{HEADER}: must be {_NAME}=<project>, or just the project; flags are selected by nothing else"


def selected_project(metadata: Mapping[str, str]) -> str:
    """Return the project in the header ``flagd-selector``: ``flagSetId=<project>`` or its name alone; "" without one.

    Raises:
        InvalidArgument: the header is of another form.
    """
    selector = metadata.get(HEADER)
    if selector is None:
        return ""
    name, equals, project = (part.strip() for part in selector.strip().partition("="))
    if not equals:
        name, project = _NAME, name
    if name != _NAME or project == _NAME or "," in project:
        raise InvalidArgument(_WRONG)
    check_text(project, HEADER, KEY_BYTES)
    return project
