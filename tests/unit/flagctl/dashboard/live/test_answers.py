import pytest

from flagctl.dashboard.live.answers import Answers


async def test_an_answer_is_asked_again_once_it_is_old_and_each_question_has_its_own():
    now, asked = [0.0], []
    answers = Answers[str](1.0, lambda: now[0])

    async def ask():
        asked.append(now[0])
        return f"at {now[0]}"

    assert [await answers.get("a", ask), await answers.get("a", ask), await answers.get("b", ask)] == ["at 0.0"] * 3
    now[0] = 1.5
    assert await answers.get("a", ask) == "at 1.5"
    assert asked == [0.0, 0.0, 1.5]


async def test_a_failure_is_no_answer():
    answers = Answers[str](60.0)

    async def fail():
        raise LookupError("away")

    async def ask():
        return "here"

    with pytest.raises(LookupError):
        await answers.get("a", fail)
    assert await answers.get("a", ask) == "here"
