"""Machine: what a run was made on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from benchmarks import cores

KIBIBYTES_PER_GIBIBYTE = 1024 * 1024


def describe() -> dict[str, object]:
    """Processor, cores, memory, system and Python. No names of the host."""
    return {
        "processor": _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": len(cores.AVAILABLE),
        "memory_gib": round(int(_field("/proc/meminfo", "MemTotal").split()[0]) / KIBIBYTES_PER_GIBIBYTE),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load_before": round(os.getloadavg()[0], 1),
    }


def _field(path: str, name: str) -> str:
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
