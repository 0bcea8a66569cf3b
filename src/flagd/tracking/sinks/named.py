"""Named: the sink that a text stands for, as an option of a program has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flagd.tracking.sinks.amplitude import Amplitude
from flagd.tracking.sinks.json_lines import JsonLines
from flagd.tracking.sinks.otlp_logs import OtlpLogs

if TYPE_CHECKING:
    from flagd.tracking.outbox import Sink

FORMS = "otlp+https://HOST/v1/logs, amplitude+https://HOST/2/httpapi, or the path of a file"


def named_sink(name: str, key: str = "", *, insecure: bool = False) -> Sink:
    """Return the sink called `name`, in one of `FORMS`.

    Args:
        name: where events go.
        key: Amplitude's API key, or what a collector is shown as a bearer token; empty = none.
        insecure: whether plain HTTP is used beyond this machine.

    Raises:
        ValueError: it is none, events may not be sent there, or there is no such folder.
    """
    kind, plus, url = name.partition("+")
    if plus and kind == "otlp":
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return OtlpLogs(url, service="flagd", headers=headers, insecure=insecure)
    if plus and kind == "amplitude":
        if not key:
            raise ValueError("Amplitude needs the API key of a project")
        return Amplitude(key, url=url, insecure=insecure)
    if "://" in name or not name:
        raise ValueError(f"{name!r} is none of {FORMS}")
    if not Path(name).absolute().parent.is_dir():
        raise ValueError(f"there is no folder {Path(name).absolute().parent}")
    return JsonLines(Path(name).absolute())
