import pytest

from flagoperator.kubeconfig.fault import ConnectionSettingsError, CredentialError
from flagoperator.kubeconfig.section import Section


def section(folder, **fields):
    return Section("user 'ann'", {name.replace("_", "-"): value for name, value in fields.items()}, folder)


def test_fields_of_another_shape_are_named(tmp_path):
    odd = section(tmp_path, token=1, as_groups="admins")
    with pytest.raises(ConnectionSettingsError, match="user 'ann': token is not text"):
        odd.text("token")
    with pytest.raises(ConnectionSettingsError, match="user 'ann': as-groups is not a list of strings"):
        odd.texts("as-groups")
    assert odd.text("absent") == ""
    assert odd.texts("absent") == []


def test_a_file_is_found_from_the_folder_of_the_kubeconfig(tmp_path):
    (tmp_path / "ca.crt").write_bytes(b"pem")
    assert section(tmp_path, ca="ca.crt").content("ca") == b"pem"
    assert section(tmp_path, ca_data="cG\nVt").content("ca") == b"pem"
    assert section(tmp_path).content("ca") is None


def test_what_cannot_be_read_is_said_with_its_reason(tmp_path):
    with pytest.raises(CredentialError, match=r"user 'ann': ca: .*No such file"):
        section(tmp_path, ca="gone").content("ca")
    with pytest.raises(ConnectionSettingsError, match="ca-data is not base64"):
        section(tmp_path, ca_data="!").content("ca")
    with pytest.raises(ConnectionSettingsError, match="leave one of them out"):
        section(tmp_path, ca="x", ca_data="cGVt").content("ca")
