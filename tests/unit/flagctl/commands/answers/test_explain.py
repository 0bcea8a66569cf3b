import json

from tests.unit.flagctl.manifest import flag

USER = ("--user", '{"user_id": "ann"}')


def test_the_reasons_stand_in_words_or_as_json(run, write):
    path = write("f.yaml", flag("checkout", active=False))
    words = run("explain", path, *USER)
    assert words.stdout.startswith("checkout: off (DISABLED)")
    (explained,) = json.loads(run("explain", path, *USER, "--output", "json").stdout)
    assert explained["variant"]["reason"] == "DISABLED"


def test_a_flag_that_is_not_there_is_refused(run, write):
    result = run("explain", write("f.yaml", flag("checkout")), *USER, "--flag", "chekout")
    assert result.exit_code == 1
    assert 'did you mean "checkout"' in result.output
