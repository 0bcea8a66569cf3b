from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from tests.wire import process

if TYPE_CHECKING:
    import pytest


def test_who_waits_for_long_looks_less_often_and_is_late_by_little(monkeypatch: pytest.MonkeyPatch) -> None:
    now, looks = 0.0, 0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    def there() -> bool:
        nonlocal looks
        looks += 1
        return now >= 60

    monkeypatch.setattr(process, "time", SimpleNamespace(monotonic=lambda: now, sleep=sleep))
    assert process.eventually(there, 120)
    assert looks < 400
    assert now < 61
