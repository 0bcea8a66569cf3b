from __future__ import annotations

import threading
import time

import pytest

from flagd.client.calls.addresses import Addresses


def test_a_name_is_looked_up_again_after_there_was_no_thread_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = Addresses("127.0.0.1", 80)

    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(OSError, match=r"127\.0\.0\.1 cannot be resolved: can't start new thread"):
            addresses.get(time.monotonic() + 5)
    assert addresses.get(time.monotonic() + 60)
