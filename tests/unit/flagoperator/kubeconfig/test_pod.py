import pytest

from flagoperator.kubeconfig.pod import is_in_pod, pod_namespace, pod_selection

ENVIRONMENT = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def account(tmp_path):
    (tmp_path / "token").write_text("t")
    (tmp_path / "namespace").write_text("shop\n")
    return tmp_path


def test_a_process_is_in_a_pod_where_it_has_a_token_and_an_address(account, tmp_path):
    assert is_in_pod(ENVIRONMENT, account)
    assert not is_in_pod({}, account)
    assert not is_in_pod(ENVIRONMENT, tmp_path / "elsewhere")


@pytest.mark.parametrize(
    ("host", "server"), [("10.0.0.1", "https://10.0.0.1:443"), ("fd00::1", "https://[fd00::1]:443")]
)
def test_the_api_server_is_where_the_kubelet_says(account, host, server):
    selection = pod_selection(ENVIRONMENT | {"KUBERNETES_SERVICE_HOST": host}, account)
    assert selection.cluster.text("server") == server
    assert selection.user.path("tokenFile") == account / "token"
    assert selection.namespace == "shop"


def test_the_namespace_may_be_named_and_may_be_unknown(account, tmp_path):
    assert pod_namespace({"POD_NAMESPACE": "other"}, account) == "other"
    assert pod_namespace({}, tmp_path / "elsewhere") == ""
