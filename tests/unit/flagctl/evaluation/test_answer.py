import json

from flagctl.evaluation.answer import Answer, Outcome

ON = Outcome("f", "on", "on", {"a": "ä"}, "SPLIT", "pro", {"flagVersion": 1})
OFF = Outcome("g", "off", reason="DEFAULT")
WRONG = Outcome("h", error="there is no such flag")


def test_the_table_has_a_row_for_each_flag_but_those_with_errors():
    head, *rows = Answer([ON, OFF, WRONG], "r").table().splitlines()
    assert head.split() == ["FLAG", "VARIANT", "VALUE", "PAYLOAD", "REASON", "SEGMENT"]
    assert [row.split() for row in rows] == [["f", "on", "on", '{"a":"ä"}', "SPLIT", "pro"], ["g", "off", "DEFAULT"]]
    assert Answer([WRONG], "r").table() == ""


def test_json_holds_what_is_known_and_the_revision():
    answer = json.loads(Answer([ON, OFF, WRONG], "r", stale=True).json())
    assert (answer["revision"], answer["stale"]) == ("r", True)
    assert answer["variants"]["f"]["payload"] == {"a": "ä"}
    assert answer["variants"]["g"] == {"key": "off", "reason": "DEFAULT", "segment": "", "metadata": {}}
    assert answer["variants"]["h"] == {"reason": "ERROR", "error": "there is no such flag"}
