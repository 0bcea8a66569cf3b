"""A real Prometheus, of the Debian package, which is unpacked and not installed."""

from __future__ import annotations

import json
import subprocess
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

from tests.chart.judge import from_debian
from tests.ports import free_address
from tests.wire.process import eventually

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class PrometheusServer:
    """One that scrapes once a second. Use it as a context manager."""

    def __init__(self, folder: Path, targets: Mapping[str, str]) -> None:
        """`targets` are the addresses to scrape, by the namespace that their series get as a label."""
        self.address = free_address()
        self.url = f"http://{self.address}"
        self._folder = folder
        self._targets = folder / "targets.json"
        self.scrape({namespace: [at] for namespace, at in targets.items()})
        files = [{"files": [str(self._targets)], "refresh_interval": "1s"}]
        job = {"job_name": "flagd", "scrape_interval": "1s", "scrape_timeout": "1s", "file_sd_configs": files}
        (folder / "prometheus.yml").write_text(json.dumps({"scrape_configs": [job]}))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> PrometheusServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def scrape(self, targets: Mapping[str, Sequence[str]]) -> None:
        """Scrape these addresses from now on, by the namespace that their series get as a label."""
        found = [{"targets": list(at), "labels": {"namespace": namespace}} for namespace, at in targets.items()]
        new = self._targets.with_suffix(".new")
        new.write_text(json.dumps(found))
        new.replace(self._targets)

    def start(self) -> None:
        """Start it, also after `stop`; on the same port, with what it knew."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    from_debian("prometheus", "prometheus"),
                    f"--config.file={self._folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={self._folder / 'data'}",
                    f"--web.listen-address={self.address}",
                    f"--web.console.templates={self._folder}",
                    f"--web.console.libraries={self._folder}",
                ],
                stdout=log,
                stderr=log,
            )
        eventually(self._is_ready)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    def value(self, query: str) -> float | None:
        """Return what `query` gives, asked without our client; None for nothing."""
        form = f"query={urllib.parse.quote(query)}".encode()
        with urllib.request.urlopen(f"{self.url}/api/v1/query", form, timeout=60) as answer:
            result = json.loads(answer.read())["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "log").read_text()
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=60) as answer:
                return answer.status == 200
        except OSError:
            return False
