"""Everything: the answers of all flags for one user, at less than one call for each."""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

from flagd.engine.codegen import shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flagd.engine.codegen import Row, Sweep
    from flagd.engine.flag import Decide, Flag
    from flagd.engine.variant import Variant

_WORTH_A_LOOP = 16
"""How many flags must have one shape before it pays to write a loop for them."""


class Everything:
    """All flags of one revision: those that look alike together, those that depend on others last."""

    __slots__ = ("_constants", "_steps", "_sweeps")

    def __init__(
        self,
        constants: Mapping[str, Variant],
        alone: Iterable[tuple[str, Flag, Decide]],
        steps: Sequence[tuple[str, Decide]],
    ) -> None:
        """Prepare to answer.

        Args:
            constants: what everybody gets, by flag key.
            alone: flags that look at no result of another.
            steps: all others, parents first.
        """
        self._constants = dict(constants)
        self._sweeps: list[Sweep] = []
        self._steps: list[tuple[str, Decide]] = []
        by_code: dict[object, list[tuple[str, Flag, Decide]]] = {}
        for each in alone:
            by_code.setdefault(getattr(each[2], "__code__", None), []).append(each)
        for group in by_code.values():
            self._add(group)
        self._steps += steps

    def _add(self, alike: list[tuple[str, Flag, Decide]]) -> None:
        if len(alike) < _WORTH_A_LOOP or not isinstance(alike[0][2], FunctionType):
            self._steps += [(key, decide) for key, _, decide in alike]
            return
        found = shape(alike[0][1])
        by_shared: dict[tuple[object, ...], list[Row]] = {}
        for key, _, decide in alike:
            constants = cast("FunctionType", decide).__defaults__ or ()
            by_shared.setdefault(tuple(constants[each] for each in found.shared), []).append((key, constants))
        self._sweeps += map(found.sweep, by_shared.values())

    def answer(self, context: Mapping[str, Any]) -> dict[str, Variant]:
        """Return the variants of all flags that decide something, by key."""
        results = self._constants.copy()
        for sweep in self._sweeps:
            sweep(context, results)
        for key, decide in self._steps:
            variant = decide(context, results)
            if variant is not None:
                results[key] = variant
        return results
