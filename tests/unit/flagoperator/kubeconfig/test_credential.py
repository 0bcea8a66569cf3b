import pytest

from flagoperator.kubeconfig.credential import Certificate, Credential, Files
from flagoperator.kubeconfig.fault import ConnectionSettingsError, CredentialError
from flagoperator.kubeconfig.section import Section


def files(folder, **fields):
    return Files(Section("user 'ann'", {name.replace("_", "-"): value for name, value in fields.items()}, folder))


@pytest.mark.parametrize(
    ("fields", "header"),
    [({"token": "t"}, "Bearer t"), ({"username": "ann", "password": "pw"}, "Basic YW5uOnB3"), ({}, None)],
)
async def test_what_is_written_down_is_shown(tmp_path, fields, header):
    expected = () if header is None else (("Authorization", header),)
    assert await files(tmp_path, **fields).credential() == Credential(expected)


async def test_a_token_file_is_read_again_each_time(tmp_path):
    (tmp_path / "token").write_text("one\n")
    source = files(tmp_path, tokenFile="token", token="written down")
    assert (await source.credential()).headers == (("Authorization", "Bearer one"),)
    (tmp_path / "token").write_text("two")
    assert (await source.credential()).headers == (("Authorization", "Bearer two"),)
    (tmp_path / "token").unlink()
    assert (await source.credential()).headers == (("Authorization", "Bearer written down"),)


async def test_an_empty_token_file_is_no_token(tmp_path):
    (tmp_path / "token").write_text(" \n")
    with pytest.raises(CredentialError, match="is empty"):
        await files(tmp_path, tokenFile="token").credential()


async def test_a_certificate_comes_with_its_key(tmp_path):
    pair = {"client_certificate_data": "Yw==", "client_key_data": "aw=="}
    assert (await files(tmp_path, **pair).credential()).certificate == Certificate(b"c", b"k")
    with pytest.raises(ConnectionSettingsError, match="belong together"):
        await files(tmp_path, client_key_data="aw==").credential()


def test_a_token_and_a_password_are_one_too_many(tmp_path):
    with pytest.raises(ConnectionSettingsError, match="both a token and a password"):
        files(tmp_path, token="t", username="ann")


def test_a_secret_is_not_in_its_text():
    shown = repr(Credential((("Authorization", "Bearer secret"),), Certificate(b"chain", b"secret")))
    assert "secret" not in shown
