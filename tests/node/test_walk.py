"""A reader of docs/install.md whose new pod is refused asks again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.node.walk import answer


class Refusing:
    """A node that fails with each of `errors` in turn, then answers."""

    def __init__(self, *errors: str) -> None:
        self._errors = list(errors)

    def shell(self, command: str) -> str:
        if self._errors:
            raise RuntimeError(self._errors.pop(0))
        return command


def test_a_pod_that_the_node_does_not_know_yet_asks_again():
    node: Any = Refusing("flagd.flags.svc:8013 cannot be reached: Connection refused")
    assert answer(node, "ask") == "ask"


def test_another_error_is_shown_at_once():
    node: Any = Refusing("helm: cannot re-use a name that is still in use")
    with pytest.raises(RuntimeError, match="re-use a name"):
        answer(node, "helm install")
