from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flagd.manifest import Diagnostic, Loaded, Location, ResourceRef, Severity, load, read_text

if TYPE_CHECKING:
    from pathlib import Path

COHORT = """apiVersion: flagoperator.dev/v1alpha1
kind: FlagCohort
metadata: {{name: {name}}}
spec: {{members: [ann]}}
"""


def cohort(name: str = "beta-users") -> str:
    return COHORT.format(name=name)


def names(loaded: Loaded) -> list[str]:
    return [resource.metadata.name for resource in loaded.resources]


def told(loaded: Loaded) -> list[tuple[str, str]]:
    return [(str(one.location), one.reason) for one in loaded.diagnostics]


def test_text_becomes_resources():
    loaded = read_text(cohort("a") + "---\n" + cohort("b"))
    assert names(loaded) == ["a", "b"]
    assert loaded.diagnostics == ()


def test_a_diagnostic_says_file_line_document_resource_path_and_what_would_be_right():
    loaded = read_text(cohort() + "---\n" + cohort("x").replace("members", "memers"), file="flags/cohorts.yaml")
    (diagnostic,) = loaded.diagnostics
    assert diagnostic.location == Location("flags/cohorts.yaml", document=2, line=9)
    assert diagnostic.resource == ResourceRef("FlagCohort", "default", "x")
    assert str(diagnostic) == (
        "flags/cohorts.yaml:9: FlagCohort default/x: spec.memers: error: "
        "unknown field `memers`, did you mean `members`? [UnknownField]"
    )


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("on", '`on` without quotes is the boolean true; quote it: "on"'),
        ("n", '`n` without quotes is the boolean false; quote it: "n"'),
        ("5", '`5` without quotes is a number; quote it: "5"'),
        ("0x10", '`0x10` without quotes is a number; quote it: "0x10"'),
        ("1e3", '`1e3` without quotes is a number; quote it: "1e3"'),
        (
            "1.2345678e+07",
            '`1.2345678e+07` without quotes is a number; quote its digits: "12345678", in the values of a chart too',
        ),
    ],
)
def test_an_unquoted_value_is_told_as_it_was_written(written: str, message: str):
    (diagnostic,) = read_text(cohort().replace("[ann]", f"[ann, {written}]")).diagnostics
    assert diagnostic.path == "spec.members[1]"
    assert diagnostic.message == message


@pytest.mark.parametrize("written", ['"on"', "'5'", "2027-03-01", "1:30", "oN"])
def test_what_is_text_to_kubectl_is_text(written: str):
    loaded = read_text(cohort().replace("[ann]", f"[{written}]"))
    assert loaded.diagnostics == ()
    assert names(loaded) == ["beta-users"]


FLAG = """
apiVersion: flagoperator.dev/v1alpha1
kind: Flag
metadata: {name: new-checkout}
spec:
  variants: [{key: "on"}]
  allOtherUsers: {percent: 5}
"""


def test_an_unquoted_key_is_told_once_and_as_it_was_written():
    loaded = read_text(FLAG.replace("percent: 5", "percent: 5, weights: {on: 1}"))
    (diagnostic,) = loaded.diagnostics
    assert loaded.resources == ()
    assert (diagnostic.path, diagnostic.reason) == ("spec.allOtherUsers.weights.on", "UnquotedKey")
    assert diagnostic.message == 'the key `on` without quotes arrives as "true"; quote it: "on"'


def test_an_unquoted_word_is_warned_of_where_both_would_do():
    loaded = read_text(FLAG + "  metadata: {mode: on, live: true}\n  active: on\n")
    assert names(loaded) == ["new-checkout"]
    assert [(one.severity, one.path, one.reason) for one in loaded.diagnostics] == [
        (Severity.WARNING, "spec.metadata.mode", "UnquotedBoolean")
    ]


@pytest.mark.parametrize(("written", "read"), [("010", 8), ("0x10", 16), ("0b11", 3), ("1_0", 10), ("0o17", 15)])
def test_a_number_that_is_not_spelled_in_decimal_digits_is_warned_of_wherever_it_stands(written, read):
    loaded = read_text(FLAG.replace("percent: 5", f"percent: {written}, weights: {{'on': {written}}}"))
    assert names(loaded) == ["new-checkout"]
    assert [(one.severity, one.path, one.reason) for one in loaded.diagnostics] == [
        (Severity.WARNING, "spec.allOtherUsers.percent", "UnusualNumber"),
        (Severity.WARNING, "spec.allOtherUsers.weights.on", "UnusualNumber"),
    ]
    assert all(f"`{written}` is read as {read}; write {read}" in one.message for one in loaded.diagnostics)


@pytest.mark.parametrize(
    ("written", "warned"), [("0.0", 0), ("-2.0", 0), ("1e3", 0), ("1.5", 0), ("010", 1), ("0x10", 1)]
)
def test_a_float_that_is_whole_is_written_with_its_point_where_values_are_floats(written, warned):
    loaded = read_text(FLAG.replace('key: "on"', f'key: "on", payload: {written}') + "  valueType: Float\n")
    assert names(loaded) == ["new-checkout"]
    assert [one.reason for one in loaded.diagnostics] == ["UnusualNumber"] * warned


def test_a_number_where_text_is_needed_is_told_once():
    loaded = read_text(FLAG.replace('key: "on"', "key: 010"))
    assert [one.reason for one in loaded.diagnostics] == ["WrongType"]


def test_diagnostics_of_a_resource_stand_in_the_order_of_the_lines():
    loaded = read_text(FLAG.replace("percent: 5", "percent: 500").replace('key: "on"', "key: on"))
    assert [one.location and one.location.line for one in loaded.diagnostics] == [6, 7]


def test_other_documents_are_passed_over_and_counted():
    loaded = read_text(cohort() + "---\napiVersion: apps/v1\nkind: Deployment\n---\nreplicas: 2\n")
    assert names(loaded) == ["beta-users"]
    assert loaded.skipped == 2
    assert loaded.diagnostics == ()


def test_a_list_is_read_item_by_item():
    texts = cohort("a"), cohort("b").replace("members", "memers")
    items = "".join("- " + text.replace("\n", "\n  ").rstrip() + "\n" for text in texts)
    loaded = read_text(f"apiVersion: v1\nkind: List\nitems:\n{items}", file="list.yaml")
    assert names(loaded) == ["a"]
    (diagnostic,) = loaded.diagnostics
    assert (diagnostic.path, str(diagnostic.location)) == ("spec.memers", "list.yaml:11")


def test_a_resource_declared_twice_is_refused_at_both_places(tmp_path: Path):
    (tmp_path / "a.yaml").write_text("# first\n" + cohort())
    (tmp_path / "b.yaml").write_text(cohort() + "---\n" + cohort("other"))
    loaded = load([tmp_path])
    assert names(loaded) == ["other"]
    assert told(loaded) == [
        (f"{tmp_path}/b.yaml:1", "DuplicateResource"),
        (f"{tmp_path}/a.yaml:2", "DuplicateResource"),
    ]
    assert f"{tmp_path}/a.yaml:2" in loaded.diagnostics[0].message


def test_a_resource_declared_three_times_stays_out():
    assert names(read_text("---\n".join([cohort()] * 3))) == []


def test_one_name_in_two_namespaces_is_two_resources():
    shop = cohort().replace("{name: ", "{namespace: shop, name: ")
    assert len(read_text(cohort() + "---\n" + shop).resources) == 2


BOMB = "a: &a0 [x]\n" + "".join(f"b{i}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(40))
BROKEN = {
    "syntax.yaml": (b"a: [", "InvalidYaml"),
    "twice.yaml": (
        (cohort("twice") + "kind: FlagCohort").encode(),
        "DuplicateKey",
    ),
    "bomb.yaml": (BOMB.encode(), "TooManyAliases"),
    "deep.yaml": (b"[" * 100_000, "TooDeep"),
    "large.yaml": (b"#" * (4 * 1024 * 1024 + 1), "TooLarge"),
    "nul.yaml": (b"a: \0", "NulByte"),
    "utf16.yaml": (cohort().encode("utf-16"), "NotUtf8"),
    "latin1.yaml": (b"a: \xe9", "NotUtf8"),
    "control.yaml": (b"a: \x01", "InvalidYaml"),
    "tab.yaml": (b"a:\n\t- b", "InvalidYaml"),
    "list.yaml": (b"- a", "NotAResource"),
    "text.yaml": (b"hello", "NotAResource"),
}


def test_whatever_is_wrong_with_one_file_the_rest_loads(tmp_path: Path):
    for name, (data, _) in BROKEN.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "z.yaml").write_text(cohort())
    loaded = load([tmp_path])
    assert names(loaded) == ["beta-users"]
    wanted = {(f"{tmp_path}/{name}", reason) for name, (_, reason) in BROKEN.items()}
    wanted |= {(f"{tmp_path}/loop.yaml", "Unreadable"), (f"{tmp_path}/up", "SymlinkLoop")}
    assert {(one.location.file, one.reason) for one in loaded.diagnostics if one.location} == wanted


def test_a_path_that_is_gone_is_a_diagnostic(tmp_path: Path):
    assert told(load([tmp_path / "gone.yaml"])) == [(f"{tmp_path}/gone.yaml:1", "Unreadable")]


def test_nothing_is_nothing():
    assert load([]) == read_text("") == read_text("# only a comment\n---\n") == Loaded()


def test_a_lone_surrogate_is_no_text():
    assert [reason for _, reason in told(read_text("a: \ud800"))] == ["NotUtf8"]


def test_the_compiler_is_told_where_its_findings_stand():
    loaded = read_text("---\n" + FLAG, file="flags.yaml")
    finding = Diagnostic(
        Severity.ERROR, "X", "…", "spec.variants[0].key", resource=ResourceRef("Flag", "default", "new-checkout")
    )
    assert loaded.locate(finding).location == Location("flags.yaml", document=1, line=7)


def test_a_finding_about_another_resource_is_left_as_it_is():
    finding = Diagnostic(Severity.ERROR, "X", "…", resource=ResourceRef("Flag", "default", "other"))
    assert read_text(FLAG).locate(finding) is finding


def test_reading_does_not_depend_on_the_order_of_paths(tmp_path: Path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(cohort(name))
    there, back = load([tmp_path / "a.yaml", tmp_path / "b.yaml"]), load([tmp_path / "b.yaml", tmp_path / "a.yaml"])
    assert sorted(names(there)) == sorted(names(back)) == names(load([tmp_path]))


def test_documents_that_stand_in_the_same_words_as_before_are_not_read_again_wherever_they_stand_now():
    before = read_text(cohort("a") + "---\n" + cohort("b") + "---\n" + cohort("c"), "x.yaml")
    text = cohort("new") + "---\n" + cohort("b") + "---\n" + cohort("c").replace("[", "[more, ")
    after = read_text(text, "x.yaml", before)
    assert names(after) == ["new", "b", "c"]
    assert [each in before.resources for each in after.resources] == [False, True, False]
    assert after.resources[1] is before.resources[1]
    assert after.origins == read_text(text, "x.yaml").origins


MISSPELLED, DOUBTFUL = cohort("b").replace("members", "memers"), "---\n" + FLAG.replace("percent: ", "percent: 0x")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MISSPELLED, cohort("a") + "---\n" + MISSPELLED),
        (DOUBTFUL, cohort("a") + DOUBTFUL),
        (cohort("a") + DOUBTFUL, DOUBTFUL),
        (cohort("a") + "---\n", cohort("a") + "---\n" + cohort("a")),
        (cohort("a") + "---\n" + cohort("a"), cohort("a") + "---\n"),
    ],
)
def test_what_is_wrong_with_a_document_is_told_each_time_and_where_it_stands(before: str, after: str):
    assert read_text(after, before=read_text(before)) == read_text(after)
    assert read_text(after, before=read_text(after)) == read_text(after)
