"""Local: what is worth a word about a flag that Amplitude's SDKs evaluate too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flagd.condition.comparable import parse_number
from flagd.ruleset.forms.local_sdk import NotForLocalSdks, sdk_conditions

if TYPE_CHECKING:
    from flagd.compiler.findings import Findings
    from flagd.compiler.form.alternatives import Alternatives

_NUMERIC = frozenset({"less", "less or equal", "greater", "greater or equal"})


def check_local(alternatives: Alternatives, path: str, findings: Findings) -> None:
    """Warn where the SDKs answer otherwise than flagd in the segment at `path`."""
    try:
        sdk_conditions(alternatives)
    except NotForLocalSdks as error:
        text = f"Amplitude's SDKs for local evaluation get this flag as off: {error}; flagd answers as it is written"
        findings.warning("NotForLocalSdks", text, path)
    text_values = [value for value in _ordered_values(alternatives) if parse_number(value) is None]
    if text_values:
        text = (
            f"`{text_values[0]:.100}` is not a number: flagd orders such texts, but Amplitude's SDKs for JavaScript "
            "do not, where the condition never holds"
        )
        findings.warning("OrdersText", text, path)


def _ordered_values(alternatives: Alternatives) -> list[str]:
    return [
        value
        for every in alternatives
        for condition in every
        if condition["op"] in _NUMERIC
        for value in condition["values"]
    ]
