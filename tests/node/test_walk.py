"""A reader of docs/install.md whose new pod is refused asks again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.node.walk import answer


class Refusing:
    """A node that fails with each of `errors` in turn, or prints what is no error, then what it was asked to run."""

    def __init__(self, *errors: RuntimeError | str) -> None:
        self._errors = list(errors)

    def shell(self, command: str) -> str:
        found = self._errors.pop(0) if self._errors else command
        if isinstance(found, RuntimeError):
            raise found
        return found


def is_asked(text: str) -> bool:
    return text.startswith("kubectl run")


@pytest.mark.parametrize("said", ["flagd.flags.svc:8013 cannot be reached: Connection refused", "terminated (Error)"])
def test_a_pod_that_the_node_does_not_know_yet_asks_again(said: str):
    node: Any = Refusing(RuntimeError(said))
    assert answer(node, "kubectl run ask", is_asked) == "kubectl run ask"


def test_a_pod_that_has_ended_before_kubectl_was_attached_asks_again():
    node: Any = Refusing('pod "ask" deleted')
    assert answer(node, "kubectl run ask", is_asked) == "kubectl run ask"


def test_a_pod_that_always_fails_fails():
    node: Any = Refusing(*[RuntimeError("terminated (Error)")] * 6)
    with pytest.raises(RuntimeError, match="terminated"):
        answer(node, "kubectl run ask", is_asked)


def test_what_runs_no_pod_is_run_once():
    node: Any = Refusing("wrong")
    assert answer(node, "kubectl get flags", is_asked) == "wrong"


def test_another_error_is_shown_at_once():
    node: Any = Refusing(RuntimeError("helm: cannot re-use a name that is still in use"))
    with pytest.raises(RuntimeError, match="re-use a name"):
        answer(node, "helm install", is_asked)
