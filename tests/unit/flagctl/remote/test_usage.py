from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from flagctl.failure import Unreachable
from flagctl.remote.usage import evaluated, metrics_url, read_evaluated

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = """\
# HELP flagd_evaluations_total Answers given.
# TYPE flagd_evaluations_total counter
flagd_evaluations_total{flag="a",project="shop",reason="SPLIT",variant="on"} 3.0
flagd_evaluations_total{flag="b",project="shop",reason="SPLIT",variant="on"} 0.0
flagd_evaluations_total{flag="odd} 1\\"\\\\\\n",project="shop",reason="SPLIT",variant="on"} 1e+06 1700000000
flagd_evaluations_created{flag="c",project="shop"} 1.0
flagd_unknown_flags_total{project="shop"} 7.0
"""


def test_flags_with_a_count_above_zero_were_asked_for() -> None:
    assert set(read_evaluated(TEXT)) == {("shop", "a"), ("shop", 'odd} 1"\\\n')}


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("localhost", "http://localhost:8014/metrics"),
        ("localhost:9", "http://localhost:9/metrics"),
        ("http://localhost:8014", "http://localhost:8014/metrics"),
        ("https://flags.example/", "https://flags.example/metrics"),
        ("https://flags.example/a/metrics", "https://flags.example/a/metrics"),
        ("[::1]:8014", "http://[::1]:8014/metrics"),
    ],
)
def test_what_is_left_out_of_a_url_is_filled_in(url: str, full: str) -> None:
    assert metrics_url(url) == full


@pytest.fixture
def page() -> Iterator[tuple[str, list[str]]]:
    """Serve what the list holds, as one page."""
    content: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write("".join(content).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}", content
        server.shutdown()
        thread.join()


def test_a_page_of_metrics_is_read(page: tuple[str, list[str]]) -> None:
    url, content = page
    content.append(TEXT)
    assert ("shop", "a") in evaluated(url)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html>hello</html>", "that is not the management port of a flagd"),
        (
            'flagd_evaluations_total{flag="_other",project="_other",reason="_other",variant="_other"} 1.0\n',
            "more series",
        ),
        ('flagd_evaluations_total{flag="a"} lots\n', "lots"),
    ],
)
def test_a_page_that_cannot_be_judged_by_is_refused(text: str, message: str, page: tuple[str, list[str]]) -> None:
    url, content = page
    content.append(text)
    with pytest.raises(Unreachable) as caught:
        evaluated(url)
    assert message in str(caught.value)


def test_a_port_that_nobody_listens_on_is_said_in_words() -> None:
    with pytest.raises(Unreachable) as raised:
        evaluated("http://127.0.0.1:1/metrics")
    assert raised.value.message == "cannot read http://127.0.0.1:1/metrics: connection refused"
