from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagctl.kubectl_completion import completions

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = """\
apiVersion: v1
kind: Config
clusters: [{name: nobody, cluster: {server: "http://127.0.0.1:9"}}]
contexts:
  - {name: prod, context: {cluster: nobody, user: nobody}}
  - {name: test, context: {cluster: nobody, user: nobody}}
users: [{name: nobody, user: {}}]
current-context: prod
"""


@pytest.mark.parametrize("text", [NOBODY, "contexts: 5", "", "{"])
def test_a_cluster_that_cannot_be_asked_has_no_names_and_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
):
    (tmp_path / "config").write_text(text)
    assert completions(["rollout", "approve", "--kubeconfig", str(tmp_path / "config"), ""]) == ":4"
    assert capsys.readouterr() == ("", "")


def test_contexts_are_those_of_the_kubeconfig(tmp_path: Path):
    (tmp_path / "config").write_text(NOBODY)
    where = ("--kubeconfig", str(tmp_path / "config"))
    assert completions(["set", *where, "--context", ""]) == "prod\ntest\n:4"
    assert completions(["rollout", "list", *where, "--context", "t"]) == "test\n:4"
