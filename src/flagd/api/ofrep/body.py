"""Body: what is said of a flag, as JSON, encoded once per variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from flagd.api.ofrep.failure import failure
from flagd.resolution import Type, resolve
from flagd.rpc.plain import write_json
from flagd.rpc.status import RpcError

if TYPE_CHECKING:
    from flagd.engine.variant import Variant
    from flagd.resolution import Resolution
    from flagd.ruleset import EvaluationFlag


class Bodies:
    """The JSON objects made so far; those of a variant go with it."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Variant, dict[str, bytes]] = WeakKeyDictionary()

    def find(self, flag: EvaluationFlag, variant: Variant | None, project: str) -> bytes:
        """Return what is said of `flag`, of which a context gets `variant`; None = no segment decided.

        Raises:
            RpcError: the flag cannot be evaluated.
        """
        made = self._made.setdefault(variant, {}) if variant else {}
        body = made.get(project)
        if body is None:
            body = made[project] = write_json(_success(flag, resolve(variant, Type.ANY, project)))
        return body

    def find_any(self, flag: EvaluationFlag, variant: Variant | None, project: str) -> bytes:
        """Return the same, or what is said of a flag that cannot be evaluated."""
        try:
            return self.find(flag, variant, project)
        except RpcError as error:
            return write_json(failure(flag["key"], error))


def _success(flag: EvaluationFlag, resolution: Resolution) -> dict[str, Any]:
    # Python's provider needs a variant, also where the value is the caller's own default.
    said = {"key": flag["key"], "reason": resolution.reason, "variant": resolution.variant or ""}
    if resolution.variant is not None:
        said["value"] = _as_float(flag, resolution.value)
    return {**said, "metadata": resolution.metadata}


def _as_float(flag: EvaluationFlag, value: Any) -> Any:  # noqa: ANN401
    """Return a whole number as a float where another variant of the flag has a fraction: then all are floats."""
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    payloads = (variant.get("payload") for variant in flag["variants"].values())
    return float(value) if any(isinstance(payload, float) for payload in payloads) else value
