from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.flagctl.manifest import flag

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Write = Callable[[str, object], Path]

TWO = [{"key": "a"}, {"key": "b"}]
IN = [{"attribute": "user.country", "op": "is", "values": ["CA"]}]


@pytest.fixture
def sides(write: Write) -> tuple[Path, Path]:
    """A flag of which the percentage rises, and one of which the weights change."""
    before = [flag("ramp", allOtherUsers={"percent": 10}), flag("split", variants=TWO)]
    weights = {"percent": 100, "weights": {"a": 3, "b": 1}}
    after = [flag("ramp", allOtherUsers={"percent": 25}), flag("split", variants=TWO, allOtherUsers=weights)]
    return write("a.yaml", before), write("b.yaml", after)


@pytest.fixture
def population(tmp_path: Path) -> Path:
    path = tmp_path / "users.jsonl"
    path.write_text("".join(json.dumps({"user_id": f"u{number}"}) + "\n" for number in range(1000)))
    return path


def counts(result: Result) -> dict[str, dict[str, Any]]:
    return {each["flag"]: each for each in json.loads(result.stdout)["flags"]}


def test_who_joins_is_told_apart_from_who_changes(run: Run, sides: tuple[Path, Path], population: Path) -> None:
    found = counts(run("impact", *sides, "--population", population, "--output", "json"))
    assert (found["ramp"]["changes"], found["ramp"]["leaves"]) == (0, 0)
    assert 100 < found["ramp"]["joins"] < 200
    assert (found["split"]["joins"], found["split"]["leaves"]) == (0, 0)
    assert 200 < found["split"]["changes"] < 300


def test_the_text_has_a_table_for_each_flag(run: Run, sides: tuple[Path, Path], population: Path) -> None:
    lines = run("impact", *sides, "--population", population).stdout.splitlines()
    assert lines[0] == "1,000 users, all of them counted"
    assert re.fullmatch(r"shop/ramp: (\d+) join \([\d.]+ %\), 0 leave, 0 change variant", lines[1])
    assert lines[2].split() == ["SEGMENT", "BEFORE", "AFTER", "USERS", "SHARE"]
    assert lines[3].split()[:5] == ["All", "Other", "Users", "off", "on"]
    assert lines[3].endswith("joins")


def test_without_users_the_shares_are_exact(run: Run, sides: tuple[Path, Path]) -> None:
    result = run("impact", *sides)
    assert result.stdout.splitlines()[:3] == [
        "shares within each segment, exact by the hash; --population FILE counts your users",
        "shop/ramp: users join",
        "  SEGMENT          BEFORE  AFTER  OF THE SEGMENT",
    ]
    rows = [line.split()[3:] for line in result.stdout.splitlines() if line.startswith("  All Other Users")]
    assert rows == [
        ["off", "on", "15", "%", "joins"],
        ["off", "off", "75", "%"],
        ["on", "on", "10", "%"],
        ["b", "a", "25", "%", "changes"],
        ["a", "a", "50", "%"],
        ["b", "b", "25", "%"],
    ]


def test_a_sample_says_its_error_and_holds_the_exact_share(run: Run, sides: tuple[Path, Path]) -> None:
    result = run("impact", *sides, "--sample", "20000", "--output", "json")
    (join,) = [move for move in counts(result)["ramp"]["moves"] if move["turn"] == "joins"]
    assert abs(join["share"] - 0.15) < 3 * join["margin"]
    assert "± the sampling error (95 %)" in run("impact", *sides, "--sample", "1000").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--max-change", "20%"], r"FAILED shop/split: [\d.]+ % of the users change variant, more than 20 % \(--max"),
        (["--max-join", "5"], r"FAILED shop/ramp: [\d.]+ % of the users join, more than 5 % \(--max-join\)"),
        (["--no-switch"], r"FAILED shop/split: \d+ users get another variant than they have \(--no-switch\)"),
    ],
)
def test_a_limit_that_is_broken_fails_and_names_the_flag(
    run: Run, sides: tuple[Path, Path], population: Path, options: list[str], said: str
) -> None:
    result = run("impact", *sides, "--population", population, *options)
    assert (result.exit_code, bool(re.search(said, result.stdout))) == (1, True), result.stdout
    assert result.stdout.count("FAILED") == 1


@pytest.mark.parametrize("options", [["--max-change", "30 %"], ["--max-join", "20%"], ["--max-leave", "0"]])
def test_a_limit_that_is_kept_passes(run: Run, sides: tuple[Path, Path], population: Path, options: list[str]) -> None:
    assert run("impact", *sides, "--population", population, *options).exit_code == 0


def test_who_leaves_has_a_limit_of_its_own(run: Run, sides: tuple[Path, Path], population: Path) -> None:
    result = run("impact", *sides[::-1], "--flag", "ramp", "--population", population, "--max-leave", "1%")
    assert (result.exit_code, "of the users leave, more than 1 % (--max-leave)" in result.stdout) == (1, True)


def test_nobody_who_switches_is_known_without_users_too(run: Run, sides: tuple[Path, Path]) -> None:
    result = run("impact", *sides, "--no-switch")
    assert (result.exit_code, "FAILED shop/split: users get another variant" in result.stdout) == (1, True)
    assert run("impact", *sides, "--no-switch", "--flag", "ramp").exit_code == 0


def test_what_only_users_tell_does_not_pass_for_nobody(run: Run, write: Write) -> None:
    segments = [{"name": "Canada", "match": IN, "rollout": {"percent": 100, "weights": {"b": 1}}}]
    before = write("a.yaml", flag("f", variants=TWO))
    after = write("b.yaml", flag("f", variants=TWO, segments=segments))
    result = run("impact", before, after, "--no-switch")
    assert result.exit_code == 1
    assert "only --population tells whom it moves: Canada is new" in result.stdout


def test_a_flag_that_does_not_compile_breaks_every_limit(run: Run, write: Write, population: Path) -> None:
    missing = {"flags": [{"key": "nowhere", "variants": ["on"]}]}
    before, after = write("a.yaml", flag("f")), write("b.yaml", [flag("f", prerequisites=missing), flag("other")])
    result = run("impact", before, after, "--population", population, "--max-join", "100%")
    assert result.exit_code == 1
    assert f"shop/f: not counted: it does not compile in {after}" in result.stdout
    assert "FAILED shop/f" in result.stdout


def test_a_value_that_changes_under_one_key_is_counted(run: Run, write: Write, population: Path) -> None:
    before = write("a.yaml", flag("f", variants=[{"key": "on", "payload": 1}]))
    after = write("b.yaml", flag("f", variants=[{"key": "on", "payload": True}]))
    found = counts(run("impact", before, after, "--population", population, "--output", "json"))["f"]
    assert (found["valueChanges"], found["changes"]) == (1000, 0)
    assert "value changes" in run("impact", before, after).stdout


def test_nothing_that_differs_moves_nobody(run: Run, sides: tuple[Path, Path]) -> None:
    result = run("impact", sides[0], sides[0], "--no-switch")
    assert (result.exit_code, result.stdout) == (0, "no flag answers otherwise\n")


def test_markdown_has_tables_and_the_broken_limits(run: Run, sides: tuple[Path, Path], population: Path) -> None:
    text = run("impact", *sides, "--population", population, "--max-join", "1%", "--output", "markdown").stdout
    assert text.startswith("**Impact:** 1,000 users, all of them counted\n\n- ❌ shop/ramp: ")
    assert "| segment | before | after | users | share |  |" in text


def test_a_table_of_users_counts_as_lines_of_them_do(run: Run, sides: tuple[Path, Path], population: Path) -> None:
    rows = "".join(f"u{number}\n" for number in range(1000))
    one = run("impact", *sides, "--population", population, "--output", "json")
    other = run("impact", *sides, "--population", "-", "--output", "json", stdin=f"user_id\n{rows}")
    assert one.stdout == other.stdout


def test_processes_count_what_one_does(run: Run, sides: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    line = json.dumps({"user_id": "u%d", "user_properties": {"text": "x" * 2000}})
    path.write_text("".join(line % number + "\n" for number in range(1200)))
    one = run("impact", *sides, "--population", path, "--output", "json", "--jobs", "1")
    assert run("impact", *sides, "--population", path, "--output", "json", "--jobs", "2").stdout == one.stdout
    path.write_text(f"{path.read_text()}{{}}\nnobody\n")
    result = run("impact", *sides, "--population", path, "--jobs", "2")
    assert (result.exit_code, "many.jsonl: line 1202: not JSON" in result.stderr) == (2, True)
    assert "shell" not in result.stderr


@pytest.mark.parametrize(
    ("options", "stdin", "code", "said"),
    [
        (["--population", "-"], "", 3, "no users in standard input"),
        (["--population", "nowhere"], "", 3, '"nowhere" cannot be read: no such file'),
        (["--population", "-"], "[]", 2, "a JSON array is not read; write one user on each line"),
        (
            ["--population", "-"],
            '{}\n\n{"user_id": 5}',
            2,
            "standard input: line 3: user_id must be a string, not a number",
        ),
        (["--population", "-"], '\n\n{"user_id": 5}', 2, "standard input: line 3: user_id must be a string"),
        (["--population", "-"], "user_id,contry\n", 2, 'column "contry": unknown attribute'),
        (["--population", "-"], "user_id,user_id\n", 2, 'two columns are called "user_id"'),
        (["--population", "-"], "user_id,country\na,CA\nb\n", 2, "line 3: 1 value, and the header has 2 columns"),
        (["--population", "-"], 'user_id\n"a\n', 2, "line 2: unexpected end of data"),
        (["--population", "-"], b"user_id\n\xff\n", 2, "the text is not UTF-8"),
        (["--population", "-", "--sample", "5"], "", 2, "either --population or --sample"),
        (["--max-change", "5%"], "", 2, "need --population"),
        (["--max-change", "500%"], "", 2, '"500%" is not a percentage'),
        (["--max-change", "NaN"], "", 2, '"NaN" is not a percentage'),
        (["--flag", "rump"], "", 1, 'there is no flag "rump" on either side; did you mean "ramp"?'),
    ],
)
def test_what_is_wrong_with_a_question_is_said(
    run: Run, sides: tuple[Path, Path], options: list[str], stdin: str | bytes, code: int, said: str
) -> None:
    result = run("impact", *sides, *options, stdin=stdin)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr


def test_standard_input_is_one_thing(run: Run, sides: tuple[Path, Path]) -> None:
    assert run("impact", "-", sides[1], "--population", "-").exit_code == 2
