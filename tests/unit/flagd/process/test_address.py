import pytest

from flagd.process.address import is_loopback, split_address, split_url, with_port


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("localhost:1", True),
        ("127.0.0.1:1", True),
        ("127.9.9.9:1", True),
        ("[::1]:1", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        ("10.0.0.1:1", False),
        ("localhost.example:1", False),
        ("flagd:1", False),
    ],
)
def test_only_this_machine_is_behind_a_loopback_address(address, loopback):
    assert is_loopback(address) is loopback


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("10.0.0.1:8013", "10.0.0.1", 8013),
        ("[::]:0", "::", 0),
        ("[fe80::1%eth0]:1", "fe80::1%eth0", 1),
        ("flagd_1.flags.svc.:65535", "flagd_1.flags.svc.", 65535),
        ("bücher.example:80", "bücher.example", 80),
    ],
)
def test_an_address_has_a_host_and_a_port(address, host, port):
    assert split_address(address) == (host, port)


@pytest.mark.parametrize(
    ("text", "address"), [("a", "a:5"), ("a:1", "a:1"), ("[::1]", "[::1]:5"), ("[::1]:1", "[::1]:1"), ("a:", "a:")]
)
def test_an_address_without_a_port_gets_one(text, address):
    assert with_port(text, 5) == address


NO_HOSTS = [
    "",
    "a b",
    "a..b",
    ".",
    "a/b",
    "a@b",
    "a,b",
    "a\n",
    "[a]",
    "[::1",
    "[::1]]",
    "a" * 64,
    "ü" * 64,
    ".".join(["a" * 63] * 4),
    "-a",
]


@pytest.mark.parametrize("host", [*NO_HOSTS, "::1", "http://a"])
def test_an_address_without_a_host_that_can_be_looked_up_is_refused(host):
    with pytest.raises(ValueError, match="has no host"):
        split_address(f"{host}:1")


@pytest.mark.parametrize("port", ["", "http", "65536", "-1", "+1", "1_0", "٣", "9" * 5000, " 1", "1 "])
def test_an_address_without_a_port_is_refused(port):
    with pytest.raises(ValueError, match="has no port"):
        split_address(f"a:{port}")


@pytest.mark.parametrize("url", ["http://a", "http://a:1/b?c=d", "http://[::1]:65535/"])
def test_a_url_has_parts(url):
    assert split_url(url, ["http"]).geturl() == url


@pytest.mark.parametrize("url", [*(f"http://{host}/" for host in NO_HOSTS if "/" not in host), "http://a/\u202e"])
def test_a_url_that_cannot_be_connected_to_is_refused(url):
    with pytest.raises(ValueError):  # noqa: PT011 - the library words it
        split_url(url, ["http"])


@pytest.mark.parametrize(
    "url",
    [
        *("a:1", "//a", "ftp://a", "http:a", "http://a:0", "http://a:65536", "http://a:b", "http://a:-1"),
        *("http://b@a", "http://b:c@a", "http://localhost:1@a", "http://a\\@b", "http://a:1\t", "http://[::1", ""),
    ],
)
def test_what_is_no_url_is_refused(url):
    with pytest.raises(ValueError):  # noqa: PT011 - the library words it
        split_url(url, ["http"])


def test_a_login_is_allowed_where_it_is_of_use():
    assert split_url("http://b:c@a:1", ["http"], login=True).hostname == "a"
