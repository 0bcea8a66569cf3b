import json

import pytest

from flagoperator.kubeconfig.document import kubeconfig_files, select
from flagoperator.kubeconfig.fault import ConnectionSettingsError


def named(kind, name, **fields):
    return {f"{kind}s": [{"name": name, kind: fields}]}


def write(folder, name, *parts, current=None):
    document = {} if current is None else {"current-context": current}
    for part in parts:
        for kind, entries in part.items():
            document.setdefault(kind, []).extend(entries)
    (folder / name).write_text(json.dumps(document))
    return folder / name


def test_the_first_file_that_names_something_decides(tmp_path):
    context = named("context", "c", cluster="k", user="ann", namespace="shop")
    one = write(tmp_path, "one", context, named("cluster", "k", server="https://one"), current="c")
    two = write(tmp_path, "two", named("cluster", "k", server="https://two"), named("user", "ann"), current="other")
    selection = select([one, two], None)
    assert (selection.cluster.text("server"), selection.namespace) == ("https://one", "shop")
    assert str(two) in selection.user.title


def test_a_context_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    file = write(tmp_path, "one", named("context", "prod", cluster="k"))
    with pytest.raises(ConnectionSettingsError, match="no context 'prd'; there are prod"):
        select([file], "prd")
    with pytest.raises(ConnectionSettingsError, match="no cluster 'k'"):
        select([file], "prod")
    assert select([file], None) is None


@pytest.mark.parametrize(
    "text", ["[", "[" * 3000, "- a", "clusters: {}", "contexts: [{name: c, context: 1}]\ncurrent-context: c"]
)
def test_a_file_of_another_form_is_named(tmp_path, text):
    (tmp_path / "odd").write_text(text)
    with pytest.raises(ConnectionSettingsError, match="odd") as refused:
        select([tmp_path / "odd"], "c")
    assert "\n" not in str(refused.value)


def test_the_files_are_those_of_kubectl(tmp_path):
    one, two = write(tmp_path, "one"), write(tmp_path, "two")
    home = {"HOME": str(tmp_path)}
    assert kubeconfig_files(tmp_path / "given", {}) == (tmp_path / "given",)
    assert kubeconfig_files(None, home | {"KUBECONFIG": f"{one}:{tmp_path / 'gone'}:{two}:{one}"}) == (one, two)
    assert kubeconfig_files(None, home) == ()
    (tmp_path / ".kube").mkdir()
    config = write(tmp_path / ".kube", "config")
    assert kubeconfig_files(None, home) == (config,)


def test_a_context_without_any_kubeconfig_says_where_one_was_looked_for():
    with pytest.raises(ConnectionSettingsError, match=r"^no context 'prod': neither KUBECONFIG nor ~/.kube/config is"):
        select((), "prod")
