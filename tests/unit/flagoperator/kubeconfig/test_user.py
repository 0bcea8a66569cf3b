import pytest

from flagoperator.kubeconfig.credential import Files
from flagoperator.kubeconfig.exec_plugin import ExecPlugin
from flagoperator.kubeconfig.fault import ConnectionSettingsError
from flagoperator.kubeconfig.section import Section
from flagoperator.kubeconfig.user import impersonation, source_of

EXEC = {"apiVersion": "client.authentication.k8s.io/v1", "command": "plugin", "interactiveMode": "Never"}


def user(**fields):
    return Section("user 'ann'", {name.replace("_", "-"): value for name, value in fields.items()})


def test_what_is_written_down_goes_before_a_plugin():
    assert isinstance(source_of(user(exec=EXEC), {}), ExecPlugin)
    assert isinstance(source_of(user(exec=EXEC, token="t"), {}), Files)


def test_an_auth_provider_is_refused_with_what_takes_its_place():
    with pytest.raises(ConnectionSettingsError, match="use an exec plugin"):
        source_of(user(auth_provider={"name": "oidc"}), {})


def test_whom_a_user_acts_as_stands_in_headers():
    fields = {"as": "bob", "as-groups": ["a", "b"], "as-user-extra": {"example.com/a b%": ["x"]}}
    assert impersonation(Section("u", fields)) == (
        ("Impersonate-User", "bob"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Extra-example.com%2Fa%20b%25", "x"),
    )
    assert impersonation(user()) == ()


@pytest.mark.parametrize("fields", [{"as_groups": ["a"]}, {"as_uid": "1"}, {"as_user_extra": {"k": "not a list"}}])
def test_an_incomplete_impersonation_is_refused(fields):
    with pytest.raises(ConnectionSettingsError):
        impersonation(user(**fields))
