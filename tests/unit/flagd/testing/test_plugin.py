"""The pytest plugin, in programs of its own: what passes, what fails and why, and what is reported."""

import json
import re
import subprocess
import sys

import pytest

FLAGS = [
    {"key": "new-checkout", "variants": {"off": {"key": "off"}, "on": {"key": "on", "payload": {"columns": 2}}}},
    {"key": "banner", "variants": {"off": {"key": "off"}, "blue": {"key": "blue"}, "red": {"key": "red"}}},
    {"key": "group", "variants": {"on": {"key": "on"}}, "metadata": {"deployed": False}},
]
SHOP = """
from flagd.client import FlagClient, User

client = FlagClient("http://203.0.113.1:1")  # nothing answers there, and nobody asks


def columns(user_id="eve"):
    found = client.variant("new-checkout", User(user_id))
    return found.payload["columns"] if found.key == "on" else 1


def banner():
    return client.variant("banner", User(), "plain").key
"""
PASSES = """
import pytest
import shop
from flagd.client import FlagClient, User
from flagd.testing import every_variant


def test_without_a_word_the_default_is_given():
    assert (shop.columns(), shop.banner()) == (1, "plain")


def test_the_fixture(flags):
    flags.set("new-checkout", "on")
    assert shop.columns() == 2
    flags.set("new-checkout", "off")
    assert shop.columns() == 1


@pytest.mark.flags(new_checkout="on")
def test_the_marker():
    assert shop.columns() == 2
    assert list(shop.client.all({})) == ["new-checkout"]


@pytest.mark.flags({"new-checkout": "on"}, banner="red")
class TestMarkers:
    @pytest.mark.flags(banner="blue")
    def test_the_nearest_wins(self):
        assert (shop.columns(), shop.banner()) == (2, "blue")


@every_variant("new-checkout")
def test_every_variant():
    assert shop.columns() in (1, 2)


@pytest.mark.flags(banner="red")
def test_clients_made_in_a_test_are_told_the_same_and_reach_no_network():
    with FlagClient("http://203.0.113.1:1", evaluation="remote") as other:
        assert other.variant("banner", User()).key == "red"
        assert other.wait_ready(0)


async def test_event_loops(flags):
    flags.set("banner", "red")
    assert (await shop.client.variant_async("banner", User())).key == "red"


def test_changes_are_told(flags):
    told = []
    end = shop.client.on_change(told.append)
    flags.set("banner", "red")
    end()
    assert told == [{"banner"}]
    assert shop.banner() == "red"
"""
FAILS = """
import pytest
import shop
from flagd.testing import every_variant


def test_unused(flags):
    flags.set("banner", "red")


def test_unknown_flag(flags):
    flags.set("new-chekout", "on")


def test_unknown_variant(flags):
    flags.set("banner", "green")


@pytest.mark.flags(nope="on")
def test_unknown_in_marker():
    pass


@pytest.mark.flags(group="on")
def test_what_nobody_may_ask_for():
    pass
"""

INI = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
pythonpath = .
addopts = --strict-markers -W error
"""


def _run(folder, test, *options, setting="flags.json", processes=()):
    flags = [{"segments": [], **flag} for flag in FLAGS]
    (folder / "flags.json").write_text(json.dumps(flags))
    (folder / "shop.py").write_text(SHOP)
    (folder / "test_shop.py").write_text(test)
    (folder / "pytest.ini").write_text(f"{INI}\nflagd_flags = {setting}\n" if setting else INI)
    command = [sys.executable, "-m", "pytest", "-p", "flagd.testing.plugin", "-p", "no:cacheprovider", *options]
    done = subprocess.run([*command, *processes], cwd=folder, capture_output=True, text=True, check=False, timeout=240)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_flags_are_what_a_test_says_and_the_report_names_what_was_never_seen(tmp_path, processes):
    code, out = _run(tmp_path, PASSES, "--flags-report", processes=processes)
    assert (code, "9 passed" in out) == (0, True), out
    assert "flags not tested in every variant" in out
    assert "new-checkout: never" not in out
    assert "banner: never" not in out
    assert "group" not in out


def test_the_report_names_flags_and_variants_that_no_test_has_seen(tmp_path):
    _, out = _run(tmp_path, "import shop\n\n\ndef test_one():\n    assert shop.columns() == 1\n", "--flags-report")
    assert re.search(r"^banner: never off, blue, red$", out, re.MULTILINE)
    assert re.search(r"^new-checkout: never on$", out, re.MULTILINE)


def test_what_is_set_in_vain_or_does_not_exist_fails_and_says_so(tmp_path):
    code, out = _run(tmp_path, FAILS)
    assert code == 1
    for why in (
        "set, and never asked for: banner",
        "there is no flag 'new-chekout'; did you mean 'new-checkout'?",
        "flag 'banner' has no variant 'green'; it has off, blue, red",
        "there is no flag 'nope'",
        "there is no flag 'group'",
    ):
        assert why in out, out


def test_without_the_setting_the_plugin_does_nothing_and_says_what_it_needs(tmp_path):
    code, out = _run(tmp_path, "def test_one():\n    pass\n\n\ndef test_two(flags):\n    pass\n", setting="")
    assert code == 1
    assert "1 passed" in out
    assert "flagd_flags is not set" in out


@pytest.mark.parametrize(("setting", "why"), [("nope.json", "No such file"), ("shop.py", "Expecting value")])
def test_a_setting_that_is_wrong_says_why(tmp_path, setting, why):
    code, out = _run(tmp_path, "def test_one():\n    pass\n", setting=setting)
    assert code != 0
    assert "flagd_flags: " in out
    assert why in out
