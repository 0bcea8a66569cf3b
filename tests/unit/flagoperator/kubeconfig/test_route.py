import pytest

from flagoperator.kubeconfig.document import Selection
from flagoperator.kubeconfig.fault import ConnectionSettingsError
from flagoperator.kubeconfig.route import route_of
from flagoperator.kubeconfig.section import Section


def route(**cluster):
    fields = {name.replace("_", "-"): value for name, value in cluster.items()}
    return route_of(Selection(Section("cluster 'k'", fields), Section("user 'ann'"), ""), {})


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("https://k:6443/", "https://k:6443"),
        ("k:8080", "http://k:8080"),
        ("https://k/prefix/", "https://k/prefix"),
        ("HTTPS://k", "https://k"),
        ("https://k//a/../b//c", "https://k/b/c"),
        ("https://k/a%2Fb/c d?q=1", "https://k/a/b/c%20d"),
    ],
)
def test_a_server_is_a_url_without_a_slash_at_its_end(server, url):
    assert route(server=server).server == url


@pytest.mark.parametrize(
    ("cluster", "says"),
    [
        ({}, "names no server"),
        ({"server": "ftp://k"}, "is not an http or https URL"),
        ({"server": " https://k"}, "is not an http or https URL"),
        ({"server": "https://k:99999"}, "is not an http or https URL"),
        ({"server": "https://k k"}, "is not an http or https URL"),
        ({"server": "https://ann:secret@k"}, "has a user name"),
        ({"server": "https://k/#a"}, "fragment"),
        (
            {"server": "https://k", "insecure_skip_tls_verify": True, "certificate_authority_data": "cGVt"},
            "cannot be combined with insecure-skip-tls-verify",
        ),
    ],
)
def test_a_cluster_that_says_too_little_or_too_much_is_refused(cluster, says):
    with pytest.raises(ConnectionSettingsError, match=f"cluster 'k'.*{says}"):
        route(**cluster)


def test_what_is_looked_at_is_said():
    assert route(server="https://k", tls_server_name="n").server_name == "n"
    assert route(server="https://k").verify
    assert not route(server="https://k", insecure_skip_tls_verify=True).verify
