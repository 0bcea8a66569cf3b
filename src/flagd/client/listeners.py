"""Listeners: who is called when something changes. One that fails is logged, and disturbs nobody."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)
T = TypeVar("T")


class Listeners(Generic[T]):
    """Called in the thread that has the news, one after the other."""

    def __init__(self) -> None:
        self._listeners: tuple[Callable[[T], object], ...] = ()
        self._lock = threading.Lock()

    def add(self, listener: Callable[[T], object]) -> Callable[[], None]:
        """Call `listener` from now on; return what ends that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)
        return lambda: self._remove(listener)

    def tell(self, news: T) -> None:
        """Call them all."""
        for listener in self._listeners:
            try:
                listener(news)
            except Exception:
                log.exception("a listener failed: %r", listener)

    def heal(self) -> None:
        """Take in a fork: the lock may be held by a thread that is gone."""
        self._lock = threading.Lock()

    def _remove(self, listener: Callable[[T], object]) -> None:
        with self._lock:
            self._listeners = tuple(each for each in self._listeners if each is not listener)
