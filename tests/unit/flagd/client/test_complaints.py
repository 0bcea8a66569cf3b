from flagd.client.complaints import Complaints, as_default
from flagd.client.variant import ErrorCode, Variant
from flagd.engine.variant import Reason


def test_a_fault_is_logged_once_for_each_flag_and_the_caller_gets_the_default(caplog):
    complaints = Complaints()
    for flag in ("a", "a", "b"):
        answer = complaints.answer(ErrorCode.FLAG_NOT_FOUND, "there is no such flag", flag, "off")
        assert (answer.key, answer.reason, answer.error) == ("off", Reason.ERROR, ErrorCode.FLAG_NOT_FOUND)
    assert [record.args[0] for record in caplog.records] == ["a", "b"]


def test_a_default_may_be_a_whole_variant():
    given = Variant("blue", "b", {"hex": 1}, metadata={"m": 1})
    answer = as_default(given, Reason.DEFAULT)
    assert (answer.key, answer.value, answer.payload, answer.metadata) == ("blue", "b", {"hex": 1}, {"m": 1})
