from itertools import pairwise
from pathlib import Path

from tests.schedule import SHARED, SHORT, WAITING, ordered, unit

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_named_is_there():
    assert [name for name in (*SHARED, *SHORT, WAITING) if not (ROOT / name).exists()] == []


def test_a_worker_takes_a_file_or_one_test_of_a_shared_file():
    assert unit("tests/unit/test_a.py::test_b[c::d]") == "tests/unit/test_a.py"
    assert unit(f"{SHARED[0]}::test_b[c::d]") == f"{SHARED[0]}::test_b[c::d]"


def test_no_file_is_lost_or_taken_twice():
    files = ["tests/wire/test_a.py", *(f"{WAITING}test_{n}.py" for n in range(5)), *SHARED, f"{SHORT[0]}test_a.py"]
    assert sorted(ordered(files)) == sorted(files)
    assert ordered([]) == []


def test_shared_files_come_first_and_short_ones_beside_and_after_those_that_wait():
    waiting = [f"{WAITING}test_{n}.py" for n in range(4)]
    short = [f"{SHORT[1]}test_{n}.py" for n in range(20)]
    taken = ordered([*short, *waiting, "tests/wire/test_a.py", SHARED[0]])
    assert taken[:2] == [SHARED[0], "tests/wire/test_a.py"]
    places = [taken.index(file) for file in waiting]
    assert places == sorted(places)
    assert all(later - earlier > 1 for earlier, later in pairwise(places))
    assert taken[-5:] == short[-5:]
