import pytest

from flagctl.dashboard.web.guard import host_name


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost:80", "localhost"),
        ("LOCALHOST", "localhost"),
        ("[::1]:8020", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("a@localhost", ""),
        ("localhost/x", ""),
        ("[::1", ""),
        ("", ""),
    ],
)
def test_a_name_is_read_without_what_browsers_would_not_send(host, name):
    assert host_name(host) == name
