"""`flagctl generate`: modules that type checkers and Python take, and that lose a flag when the manifests do."""

import importlib.util
import json
import subprocess
import sys
import warnings

import pytest
import yaml

from flagd.client import FlagClient, User, typed

FLAG = {"apiVersion": "flagoperator.dev/v1alpha1", "kind": "Flag"}
ALL = {"percent": 100}
SERVICE = """
from typing import assert_never

import flags
from flagd.client import FlagClient, User


def columns(client: FlagClient, user: User) -> int:
    match flags.new_checkout(client, user):
        case "one" | "two":
            payload = flags.new_checkout_payload(client, user, {"columns": 1})
            return payload["columns"]
        case "off":
            return 0
        case other:
            assert_never(other)


def old(client: FlagClient, user: User) -> bool:
    return flags.old_banner(client, user) == "on"
"""


def _flag(name, variants, **spec):
    told = {"active": True, "evaluationMode": "Local", "allOtherUsers": ALL, "variants": variants, **spec}
    return {**FLAG, "metadata": {"name": name, "namespace": "shop"}, "spec": told}


FLAGS = [
    _flag(
        "new-checkout",
        [{"key": "one", "payload": {"columns": 1, "theme": "dark"}}, {"key": "two", "payload": {"columns": 2}}],
        description='The new "page"""\n\\ of ours',
        owner="team-checkout",
    ),
    _flag("old-banner", [{"key": "on"}], expires="2020-01-01", owner="team-web"),
    _flag("ratio", [{"key": "a", "payload": 1}], valueType="Float", offPayload=0),
    _flag("limit", [{"key": "a", "payload": 3}, {"key": "b", "payload": 4}], description="How many"),
    _flag("colour", [{"key": "red"}, {"key": "blue"}]),
]


@pytest.fixture
def manifests(tmp_path):
    """Write manifests; return their folder."""

    def write(*flags):
        folder = tmp_path / "manifests"
        folder.mkdir(exist_ok=True)
        (folder / "flags.yaml").write_text(yaml.safe_dump_all(flags))
        return folder

    return write


def _module(path):
    spec = importlib.util.spec_from_file_location("flags_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _client(run, folder):
    return FlagClient(bootstrap=json.loads(run("compile", folder).stdout))


def test_a_module_answers_by_name_and_gives_payloads(run, manifests, tmp_path):
    folder, path = manifests(*FLAGS), tmp_path / "flags.py"
    assert run("generate", "python", folder, "-o", path).exit_code == 0
    flags, eve = _module(path), User("eve")
    with _client(run, folder) as client:
        assert flags.new_checkout(client, eve) in {"one", "two"}
        assert flags.new_checkout_payload(client, eve, {"columns": 0})["columns"] in {1, 2}
        assert flags.limit_payload(client, eve, 0) in {3, 4}
        assert flags.colour(client, eve) in {"red", "blue"}
        assert flags.COLOUR == "colour"
    assert flags.new_checkout.__doc__.startswith('The new "page"""')
    assert "team-checkout" in flags.new_checkout.__doc__


def test_a_flag_past_its_day_warns_once(run, manifests, tmp_path, monkeypatch):
    monkeypatch.setattr(typed, "_warned", set())
    folder, path = manifests(*FLAGS), tmp_path / "flags.py"
    run("generate", "python", folder, "-o", path)
    flags = _module(path)
    with _client(run, folder) as client:
        with pytest.warns(DeprecationWarning, match=r"old-banner was to be gone by 2020-01-01"):
            flags.old_banner(client, User("eve"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            flags.old_banner(client, User("eve"))


def test_a_variant_that_is_newer_than_the_module_is_off_and_told_once(run, manifests, tmp_path, caplog):
    path = tmp_path / "flags.py"
    run("generate", "python", manifests(_flag("colour", [{"key": "red"}])), "-o", path)
    flags = _module(path)
    with _client(run, manifests(_flag("colour", [{"key": "green"}]))) as client:
        assert [flags.colour(client, User(name)) for name in ("eve", "ann")] == ["off", "off"]
    assert len([line for line in caplog.messages if "does not know" in line]) == 1


def _checked(folder, *more):
    words = ["--strict", "--cache-dir", folder / ".mypy", "--show-error-codes", *more, "service.py"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.long  # docs/typed-flags.md has mypy check a module as well, each time
def test_a_type_checker_takes_the_module_and_says_where_a_flag_is_missed_that_is_gone(run, manifests, tmp_path):
    (tmp_path / "service.py").write_text(SERVICE)
    run("generate", "python", manifests(*FLAGS), "-o", tmp_path / "flags.py")
    assert _checked(tmp_path)[0] == 0, _checked(tmp_path)
    code, said = _checked(tmp_path, "--enable-error-code", "deprecated")
    assert (code, "flag old-banner was to be gone by 2020-01-01, says team-web" in said) == (1, True)
    run("generate", "python", manifests(FLAGS[0]), "-o", tmp_path / "flags.py")
    code, said = _checked(tmp_path)
    assert code == 1
    assert 'has no attribute "old_banner"' in said
    fewer = _flag("new-checkout", [{"key": "one", "payload": {"rows": 1}}])
    run("generate", "python", manifests(fewer, *FLAGS[1:]), "-o", tmp_path / "flags.py")
    assert "service.py" in _checked(tmp_path)[1], "a payload of another form is an error too"


def test_check_says_whether_the_module_is_current(run, manifests, tmp_path):
    path, words = tmp_path / "flags.py", ("generate", "python", tmp_path / "manifests", "-o", tmp_path / "flags.py")
    manifests(*FLAGS)
    assert run(*words, "--check").exit_code == 1
    run(*words)
    assert run(*words, "--check").exit_code == 0
    manifests(*FLAGS[1:])
    result = run(*words, "--check")
    assert (result.exit_code, "generate it again" in result.stderr) == (1, True)
    assert "new_checkout" in path.read_text(), "nothing is written"


def test_two_flags_of_one_name_and_manifests_with_errors_are_refused(run, manifests):
    pair = [_flag("a-b", [{"key": "on"}]), _flag("a.b", [{"key": "on"}])]
    for each, key in zip(pair, ("a-b", "a.b"), strict=True):
        each["spec"]["key"] = key
    result = run("generate", "python", manifests(*pair))
    assert (result.exit_code, 'flags "a-b" and "a.b" would both be a_b' in result.stderr) == (1, True)
    broken = _flag("a", [{"key": "on"}], prerequisites={"flags": [{"key": "nope", "variants": ["on"]}]})
    result = run("generate", "python", manifests(broken))
    assert (result.exit_code, "nope" in result.stderr, result.stdout) == (1, True, "")


def test_the_manifest_of_openfeature_has_type_default_and_description(run, manifests):
    found = json.loads(run("generate", "openfeature-manifest", manifests(*FLAGS)).stdout)["flags"]
    assert found == {
        "new-checkout": {
            "flagType": "object",
            "defaultValue": {},
            "description": 'The new "page"""\n\\ of ours',
        },
        "old-banner": {"flagType": "boolean", "defaultValue": False},
        "ratio": {"flagType": "float", "defaultValue": 0.0},
        "limit": {"flagType": "integer", "defaultValue": 0, "description": "How many"},
        "colour": {"flagType": "string", "defaultValue": "off"},
    }
