"""How much memory the process may use, by control groups of both versions and by the machine."""

import os

import pytest

from flagd.process.memory import MACHINE_SHARE, MIB, default_bytes

MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
SHARE = MACHINE // MACHINE_SHARE
V1 = "9:name=systemd:/\n4:cpu,memory:/pod/flagd\n"


@pytest.mark.parametrize(
    ("groups", "files", "expected"),
    [
        ("0::/\n", {"memory.max": 128 * MIB}, 128 * MIB),
        ("0::/\n", {"memory.max": "max"}, SHARE),
        ("0::/pod/flagd\n", {"pod/flagd/memory.max": 300 * MIB, "pod/memory.max": 200 * MIB}, 200 * MIB),
        ("0::/pod/flagd\n", {"memory.max": 128 * MIB}, 128 * MIB),
        (V1, {"memory/pod/flagd/memory.limit_in_bytes": 100 * MIB}, 100 * MIB),
        (V1, {"memory/memory.limit_in_bytes": 90 * MIB}, 90 * MIB),
        (V1, {"memory/memory.limit_in_bytes": 0x7FFFFFFFFFFFF000}, SHARE),
        ("0::/../..\n", {}, SHARE),
        ("nonsense", {}, SHARE),
        (None, {}, SHARE),
    ],
)
def test_the_least_limit_holds(tmp_path, groups, files, expected):
    if groups is not None:
        (tmp_path / "proc/self").mkdir(parents=True)
        (tmp_path / "proc/self/cgroup").write_text(groups)
    for name, value in files.items():
        file = tmp_path / "sys/fs/cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{value}\n")
    assert default_bytes(tmp_path) == expected
