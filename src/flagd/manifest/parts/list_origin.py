"""ListOrigin: where the list of a cohort comes from: a source that its operator knows, and a path there."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from flagd.manifest.cel import Rule
from flagd.manifest.model import DNS_LABEL, Model

LIST_PATH = r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$"
LIST_FORMS = {
    LIST_PATH: "is not a relative path such as exports/beta-users.csv: letters, digits, `.`, `_` and `-` between "
    "single slashes, and no part that begins with a dot or a dash",
}
LIST_RULE = Rule(
    "!(has(self.from) && has(self.members) && size(self.members) > 0)",
    '"from cannot be combined with members; write one of them"',
    ".from",
)


class ListOrigin(Model):
    """A file of ids, one a line, or a column of a CSV file."""

    source: Annotated[str, Field(min_length=1, max_length=63, pattern=DNS_LABEL)] = Field(
        description="Name of a source in the settings of the operator. flagd serve --manifests reads its own folder."
    )
    path: Annotated[str, Field(min_length=1, max_length=512, pattern=LIST_PATH)] = Field(
        description="Path of the file in that source, such as exports/beta-users.csv."
    )
    column: Annotated[str, Field(min_length=1, max_length=256)] | None = Field(
        default=None, description="The column with the ids, as the first line of a CSV file names it."
    )
    may_shrink: bool = Field(
        default=False, description="Whether to believe a new list of less than half the ids; else the last one stays."
    )
